import { describe, expect, it } from 'vitest'
import {
  bindAddress,
  destination,
  destinations,
  familyOf,
  isAny,
  isSocket,
  local,
} from '../src/options/endpoint.js'
import { asHex, asJson } from '../src/output/show-datagram.js'

describe('an address', () => {
  it.each([
    ['myserver.com:1500', 'myserver.com', 1500],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:1500', '::1', 1500],
    ['[fe80::1%eth0]:1500', 'fe80::1%eth0', 1500],
    [':65535', '127.0.0.1', 65535],
  ])('CLI-01 to send to: %s', (text, host, port) => {
    expect(destination(text)).toEqual([host, port])
  })

  it('CLI-01 to listen at: port 0 is any, and without a host it is not said yet', () => {
    expect(local(':0')).toEqual([undefined, 0])
    expect(local('[::1]:53')).toEqual(['::1', 53])
    expect(() => destination(':0')).toThrow('from 1 to 65535')
  })

  it.each([
    ...['', ':', 'a', 'a:', 'a:http', 'a:1 ', ' :1', 'a b:1', ':-1', ':+1', ':1e3', ':0x10'],
    ...[':65536', ':123456', '::1:1500', '[]:1500', '[::1]', '[::1]1500', '[[::1]]:1500'],
    ...['[a]:1500', '256.1.1.1:1500', '127.1:1500', '[127.0.0.1]:1500', 'http://a:1'],
  ])('CLI-01 %j is none', (text) => {
    const refused = expect.objectContaining({ code: 'commander.invalidArgument' })
    expect(() => destination(text)).toThrow(refused)
    expect(() => local(text)).toThrow(refused)
  })

  it('CLI-01 an option may be given several times', () => {
    const first = destinations(':1')
    expect(destinations('b:2', first)).toEqual([
      ['127.0.0.1', 1],
      ['b', 2],
    ])
    expect(first).toHaveLength(1)
  })

  it('CLI-01 names are looked up to listen at, and to know the family', async () => {
    expect(await bindAddress(['localhost', 5])).toEqual(['127.0.0.1', 5])
    expect(await bindAddress([undefined, 5], '::1')).toEqual(['::1', 5])
    expect(await familyOf('::1')).toBe(6)
    expect(await familyOf('localhost')).toBe(4)
    await expect(familyOf('no-such-host.invalid')).rejects.toThrow(
      /^no-such-host\.invalid: .*check the name/,
    )
  })

  it('CLI-01 IPv4 sources of an IPv6 socket are shown as what they are', () => {
    const from = ['::ffff:192.0.2.1', 5] as const
    expect(JSON.parse(asJson([Buffer.from('x'), from], new Date()))).toMatchObject({
      host: '192.0.2.1',
      port: 5,
    })
    expect(asHex([Buffer.from('x'), from])).toMatch(/^192\.0\.2\.1:5 1 bytes\n/)
  })

  it('DGM-13 an address is this socket however it is spelled', () => {
    for (const [bound, host] of [
      ['::1', '0:0:0:0:0:0:0:1'],
      ['127.0.0.1', '::ffff:127.0.0.1'],
      ['fe80::1%eth0', 'FE80:0::1%eth0'],
      ['::', '192.0.2.1'],
      ['0:0:0:0:0:0:0:0', '::1'],
    ] as const) {
      expect([bound, isSocket([bound, 5], host, 5)]).toEqual([bound, true])
      expect(isSocket([bound, 5], host, 6)).toBe(false)
    }
    expect(isSocket(['::1', 5], '::2', 5)).toBe(false)
    expect(isSocket(undefined, '::2', 5)).toBe(false)
    expect([undefined, '::', '0::0', '::0.0.0.0', '0.0.0.0'].every(isAny)).toBe(true)
    expect(['::1', '127.0.0.1', 'name.test'].some(isAny)).toBe(false)
  })
})
