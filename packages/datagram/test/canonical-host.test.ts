import { canonicalHost, isSameHost, isSameIp, parseIp } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'

/** Of each address, every spelling. */
const SPELLINGS = [
  ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1'],
  ['::1', '0:0:0:0:0:0:0:1', '0::1', '::0001', '::0.0.0.1', '::1%lo', '::1%1'],
  ['2001:db8::a:b', '2001:DB8:0:0:0:0:A:B', '2001:0db8::000a:000b', '2001:db8::a:b%eth0'],
  ['fe80::1%7', 'FE80::1%7', 'fe80:0::1%7', 'fe80::0.0.0.1%7'],
  ['fe80::1%lo', 'fe80:0:0:0:0:0:0:1%lo'],
  ['ff02::fb%eth0', 'FF02:0:0:0:0:0:0:FB%eth0'],
  ['ff0e::1', 'ff0e::1%eth0'],
  ['::', '0:0:0:0:0:0:0:0', '::0.0.0.0'],
]

/** Different addresses. */
const DIFFERENT = [
  '192.0.2.1',
  '192.0.2.2',
  '::1',
  '::2',
  '::',
  '0.0.0.0',
  '::ffff:192.0.2.3',
  '::192.0.2.1',
  '::fffe:192.0.2.1',
  '1::',
  '10::',
  'fe80::1',
  'fe80::1%1',
  'fe80::1%2',
  'fe80::1%ETH0',
  'fe80::1%eth0',
  'fe80::2%1',
  'febf::1%1',
  'ff01::1%1',
  'ff01::1%2',
  'ff0e::1',
]

const number = (zone: string): string => ({ lo: '1', eth0: '2' })[zone] ?? zone

describe('canonicalHost', () => {
  it.each(SPELLINGS)('PER-16 DGM-03 is %s for all spellings of it', (first, ...others) => {
    for (const host of [first, ...others])
      expect([host, canonicalHost(host)]).toEqual([host, first])
  })

  it('PER-16 DGM-03 differs for different addresses', () => {
    expect(new Set(DIFFERENT.map(canonicalHost)).size).toBe(DIFFERENT.length)
  })

  it('PER-16 leaves what is not an IP literal as it is', () => {
    for (const text of ['', 'Name.test', '256.1.1.1', 'not:a:host', 'fe80::1%'])
      expect(canonicalHost(text)).toBe(text)
  })
})

describe('isSameHost', () => {
  it.each(SPELLINGS)('DGM-03 finds all spellings of %s the same', (...all) => {
    for (const a of all)
      for (const b of all)
        expect([a, b, isSameHost(a as string, b as string)]).toEqual([a, b, true])
  })

  it('DGM-03 finds different addresses different', () => {
    for (const a of DIFFERENT)
      for (const b of DIFFERENT)
        expect([a, b, isSameHost(a, b, number)]).toEqual([a, b, isOne(a, b)])
  })

  /** `eth0` is interface 2. */
  function isOne(a: string, b: string): boolean {
    const zones = [a, b].map((host) => host.replace('%eth0', '%2'))
    return zones[0] === zones[1]
  }

  it('DGM-03 a zone by name is that by number', () => {
    expect(isSameHost('fe80::1%eth0', 'FE80::1%2', number)).toBe(true)
    expect(isSameHost('fe80::1%eth0', 'FE80::1%1', number)).toBe(false)
    expect(isSameHost('fe80::1%eth0', 'fe80::1', number)).toBe(false)
    expect(isSameHost('fe80::1%eth0', 'fe80::1%2')).toBe(false)
  })

  it('DGM-03 asks for the number of a zone only where that decides', () => {
    const asked: string[] = []
    const ask = (zone: string): string => {
      asked.push(zone)
      return zone
    }
    for (const host of ['fe80::2%eth0', 'fe80::1%lo', 'fe80::1', '::1%eth0', '192.0.2.1'])
      isSameHost('fe80::1%lo', host, ask)
    expect(asked).toEqual([])
    isSameHost('fe80::1%lo', 'fe80::1%eth0', ask)
    expect(asked).toEqual(['lo', 'eth0'])
  })

  it('DGM-03 names are the same as text only', () => {
    expect(isSameHost('name.test', 'name.test')).toBe(true)
    expect(isSameHost('name.test', 'NAME.test')).toBe(false)
    expect(isSameHost('name.test', '192.0.2.1')).toBe(false)
  })
})

it('DGM-03 isSameIp compares parsed addresses', () => {
  const parse = (literal: string) => parseIp(literal) ?? expect.fail(literal)
  expect(isSameIp(parse('::FFFF:192.0.2.1'), parse('192.0.2.1'))).toBe(true)
  expect(isSameIp(parse('::fffe:192.0.2.1'), parse('192.0.2.1'))).toBe(false)
})
