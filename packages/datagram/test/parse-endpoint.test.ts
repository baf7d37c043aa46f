import { parseEndpoint } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

describe('parseEndpoint', () => {
  it.each([
    ['myserver.com:1500', 'myserver.com', 1500],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:1500', '::1', 1500],
    ['[fe80::1%eth0]:1500', 'fe80::1%eth0', 1500],
    [':65535', undefined, 65535],
  ])('DGM-10 %s', (text, host, port) => {
    expect(parseEndpoint(text, 1)).toEqual([host, port])
  })

  it('DGM-10 port 0 is one to bind to only', () => {
    expect(parseEndpoint(':0', 0)).toEqual([undefined, 0])
    expect(() => parseEndpoint(':0', 1)).toThrow('a port is a number from 1 to 65535')
  })

  it.each([
    ...['', ':', 'a', 'a:', 'a:http', 'a:1 ', ' :1', 'a b:1', ':-1', ':+1', ':1e3', ':0x10'],
    ...[':65536', ':123456', '::1:1500', '[]:1500', '[::1]', '[::1]1500', '[[::1]]:1500'],
    ...['[a]:1500', '256.1.1.1:1500', '127.1:1500', '[127.0.0.1]:1500', 'http://a:1'],
  ])('DGM-10 refuses %j, and says what it must be', (text) => {
    expect(() => parseEndpoint(text, 0)).toThrow(
      /^(an address is HOST:PORT, :PORT or \[IPV6\]:PORT|a port is a number from 0 to 65535|.* is not a host name or IP address)$/,
    )
    expect(() => parseEndpoint(text, 0)).toThrow(RangeError)
  })
})
