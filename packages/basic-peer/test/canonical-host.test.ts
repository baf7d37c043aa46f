import { networkInterfaces } from 'node:os'
import { canonicalHost } from '@udpng/basic-peer'
import { describe, expect, it } from 'vitest'

describe('canonicalHost', () => {
  it.each([
    ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1'],
    ['::1', '0:0:0:0:0:0:0:1', '0::1', '::0001'],
    ['2001:db8::a:b', '2001:DB8:0:0:0:0:A:B', '2001:0db8::000a:000b'],
    ['fe80::1%7', 'FE80::1%7', 'fe80:0::1%7'],
    ['fe80::1%lo', 'fe80:0:0:0:0:0:0:1%lo'],
  ])('PER-16 is the same for all spellings of %s', (first, ...others) => {
    for (const other of others)
      expect([other, canonicalHost(other)]).toEqual([other, canonicalHost(first)])
  })

  it('PER-16 differs for different addresses', () => {
    const hosts = [
      '192.0.2.1',
      '192.0.2.2',
      '::1',
      '::2',
      '::',
      '::ffff:192.0.2.3',
      '::192.0.2.1',
      '1::',
    ]
    const scoped = ['fe80::1', 'fe80::1%1', 'fe80::1%2', 'fe80::2%1']
    const all = [...hosts, ...scoped].map(canonicalHost)
    expect(new Set(all).size).toBe(all.length)
  })

  it('PER-16 a scope by name is that by number', ({ skip }) => {
    const found = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses.flatMap((one) =>
        one.family === 'IPv6' ? [[name, one.scopeid ?? 0] as const] : [],
      ),
    )
    const scoped = found.find(([, scope]) => scope > 0)
    if (!scoped) return skip('no interface has a link-local address')
    const [name, scope] = scoped
    expect(canonicalHost(`fe80::1%${name}`)).toBe(canonicalHost(`fe80::1%${scope}`))
  })

  it('PER-16 leaves what is not an IP literal as it is', () => {
    for (const text of ['', 'name.test', '256.1.1.1']) expect(canonicalHost(text)).toBe(text)
  })
})
