import { isIP } from 'node:net'
import { formatIp, parseIp, unmapped } from '@udpng/datagram'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const number = (max: number) => fc.integer({ min: 0, max })
const group = fc.oneof(
  { weight: 2, arbitrary: fc.constant('0') },
  number(0xffff).map((value) => value.toString(16)),
  number(0xffff).map((value) => value.toString(16).toUpperCase().padStart(4, '0')),
)
const four = fc.array(number(255), { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.'))
/** 8 groups, or fewer with the zeros left out somewhere, and sometimes an IPv4 address at the end. */
const literal = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), number(8), number(8), fc.boolean(), four)
  .map(([groups, from, length, endsInFour, tail]) => {
    const all = endsInFour ? [...groups.slice(0, 6), tail] : groups
    const end = Math.min(from + length, endsInFour ? 6 : 8)
    if (length === 0 || from >= end) return all.join(':')
    return `${all.slice(0, from).join(':')}::${all.slice(end).join(':')}`
  })
/** Nearly a literal: what texts are made of, in any order. */
const debris = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '.',
        '%',
        '0',
        '00',
        '1',
        'ffff',
        'FFFFF',
        'g',
        '255',
        '256',
        '01',
      ),
      fc.constantFrom(
        '%eth0',
        '%2',
        '%-._',
        '%é',
        ' ',
        '\n',
        '[',
        ']',
        '/',
        '-1',
        '+1',
        '0x1',
        '1e1',
      ),
      group,
      four,
    ),
    { maxLength: 18 },
  )
  .map((pieces) => pieces.join(''))
const zoned = fc
  .tuple(literal, fc.constantFrom('', '%eth0', '%2', '%a.b-c:d', '%', '%%', '%a%b', '%a_b', '%a b'))
  .map((pieces) => pieces.join(''))
/** A literal with one character more, less, or another one. */
const mutated = fc
  .tuple(
    fc.oneof(literal, four),
    fc.nat(),
    fc.constantFrom('', ':', '.', '0', 'f', '%', ' ', '٣'),
    fc.boolean(),
  )
  .map(([text, at, piece, replaces]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + piece + text.slice(place + (replaces ? 1 : 0))
  })

const runs = { numRuns: 20_000 }

describe('parseIp', () => {
  it('DGM-01 accepts what node:net accepts, and nothing else', () => {
    const found = { 0: 0, 4: 0, 6: 0 }
    fc.assert(
      fc.property(fc.oneof(literal, four, zoned, mutated, debris, fc.string()), (text) => {
        const family = isIP(text) as 0 | 4 | 6
        found[family]++
        expect(parseIp(text)?.family ?? 0).toBe(family)
      }),
      runs,
    )
    for (const count of Object.values(found)) expect(count).toBeGreaterThan(1000)
  })

  it.each([
    ['192.0.2.1', 4, [192, 0, 2, 1], undefined],
    ['::ffff:192.0.2.1', 6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1], undefined],
    ['FE80::A%eth0', 6, [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 'eth0'],
    ['1:2:3:4:5:6:7::', 6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0], undefined],
  ])('DGM-01 %s: family, bytes, zone', (text, family, bytes, zone) => {
    expect(parseIp(text)).toEqual({ family, bytes, zone })
  })

  it.each([':', '0', 'f:', '1.', '%', '::'])('DGM-01 refuses an overlong text of %j', (part) => {
    expect(parseIp(part.repeat(2 ** 20))).toBeUndefined()
  })
})

describe('formatIp', () => {
  it('DGM-02 writes what it read, in one spelling', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const ip = parseIp(text) ?? expect.fail(text)
        const again = formatIp(ip)
        expect(parseIp(again)).toEqual(ip)
        expect(formatIp(parseIp(again) ?? ip)).toBe(again)
      }),
      runs,
    )
  })

  it('DGM-02 writes IPv6 as a URL does (RFC 5952), but for IPv4-mapped addresses', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const ip = parseIp(text) ?? expect.fail(text)
        if (unmapped(ip) === ip)
          expect(`[${formatIp(ip)}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
      runs,
    )
  })

  it.each([
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::FFFF:1.2.3.4', '::ffff:1.2.3.4'],
    ['::ffff:102:304', '::ffff:1.2.3.4'],
    ['FE80::1%Eth0', 'fe80::1%Eth0'],
    ['10.0.0.1', '10.0.0.1'],
  ])('DGM-02 %s is %s', (text, formatted) => {
    expect(formatIp(parseIp(text) ?? expect.fail(text))).toBe(formatted)
  })
})
