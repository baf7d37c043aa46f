import { BlockList } from 'node:net'
import { networkOf, parseIp, parseSubnet, Subnet } from '@udpng/datagram'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const parse = (text: string): Subnet => parseSubnet(text) ?? expect.fail(text)

describe('Subnet', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.0.2.1', '192.0.2.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.255/25', '192.0.2.128/25'],
    ['2001:DB8::1/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['fd00::ffff/121', 'fd00::ff80/121'],
    ['::ffff:192.0.2.1/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.1/95', '::fffe:0:0/95'],
  ])('DGM-07 %s is %s', (text, subnet) => {
    expect(String(parse(text))).toBe(subnet)
  })

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
  ])('DGM-07 %j is not one', (text) => expect(parseSubnet(text)).toBeUndefined())

  it.each([
    '::/129',
    'fe80::1%eth0',
    'fe80::%eth0/10',
    '10.0/8',
    'name.test',
    'name.test/8',
    '10.0.0.0/0x8',
  ])('DGM-07 %j is not one', (text) => expect(parseSubnet(text)).toBeUndefined())

  it('DGM-07 refuses a prefix that is longer than the address', () => {
    const ip = parseIp('10.0.0.1') ?? expect.fail()
    for (const bits of [-1, 33, 1.5, NaN]) expect(() => new Subnet(ip, bits)).toThrow(RangeError)
  })

  it('DGM-07 has what the BlockList of node:net has', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    const hosts = (length: number) =>
      fc.array(byte, { minLength: length, maxLength: length }).map((bytes) => bytes)
    const text = (bytes: readonly number[]): string =>
      bytes.length === 4
        ? bytes.join('.')
        : Array.from({ length: 8 }, (_, i) =>
            (((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number)).toString(16),
          ).join(':')
    for (const length of [4, 16]) {
      let inside = 0
      fc.assert(
        fc.property(
          hosts(length),
          hosts(length),
          fc.integer({ min: 0, max: 8 * length }),
          fc.nat(8 * length),
          (network, other, bits, equal) => {
            // Most share some of the bits, so that both answers are frequent.
            const host = other.map((value, i) => {
              const mask = 0xff & (0xff << (8 - Math.min(8, Math.max(0, equal - 8 * i))))
              return ((network[i] as number) & mask) | (value & ~mask & 0xff)
            })
            const family = length === 4 ? 'ipv4' : 'ipv6'
            const list = new BlockList()
            if (bits > 0) list.addSubnet(text(network), bits, family)
            const expected = bits === 0 || list.check(text(host), family)
            if (expected) inside++
            expect(parse(`${text(network)}/${bits}`).has(text(host))).toBe(expected)
          },
        ),
        { numRuns: 2000 },
      )
      expect(inside).toBeGreaterThan(500)
      expect(inside).toBeLessThan(1500)
    }
  })

  it('DGM-07 an IPv4-mapped address is its IPv4 address; a zone, a name and the other family make no difference', () => {
    expect(parse('192.0.2.0/24').has('::ffff:192.0.2.7')).toBe(true)
    expect(parse('::ffff:192.0.2.0/120').has('192.0.2.7')).toBe(true)
    expect(parse('fe80::/10').has('fe80::1%eth0')).toBe(true)
    expect(parse('::/0').has('192.0.2.7')).toBe(false)
    expect(parse('0.0.0.0/0').has('::1')).toBe(false)
    expect(parse('0.0.0.0/0').has('name.test')).toBe(false)
  })

  it.each([
    ['192.0.2.7/24', '192.0.2.255'],
    ['10.0.0.0/8', '10.255.255.255'],
    ['0.0.0.0/0', '255.255.255.255'],
    ['192.0.2.5/30', '192.0.2.7'],
    ['192.0.2.5/31', undefined],
    ['192.0.2.5/32', undefined],
    ['fd00::/64', undefined],
  ])('DGM-07 the broadcast address of %s is %s', (text, broadcast) => {
    expect(parse(text).broadcast).toBe(broadcast)
  })
})

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80::/64%eth0'],
  ['fe80::2%eth1', 'fe80::/64%eth1'],
  ['::1', '::/64'],
  ['name.test', 'name.test'],
])('DGM-08 a limit per host counts %s for %s', (host, network) => {
  expect(networkOf(host)).toBe(network)
})
