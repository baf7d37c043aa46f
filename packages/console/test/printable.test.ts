import { printable, printableJson, printableLine } from '@udpng/console'
import { describe, expect, it } from 'vitest'

/** Whether a terminal would take all of it as text, line ends and tabs. */
const isHarmless = (text: string): boolean =>
  [...text].every((character) => {
    const code = character.codePointAt(0) as number
    if (character === '\t' || character === '\n') return true
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false
    return !/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(character)
  })

describe('printable', () => {
  it('CON-07 leaves text as it is, tabs and newlines too', () => {
    const text = 'a\tb\n"c\\d" ñ € 😀 שלום مرحبا 👩‍👧\u00a0\ufeff\ufffd'
    expect(printable(Buffer.from(text))).toBe(text)
    expect(printable(text)).toBe(text)
    expect(printable(new Uint8Array())).toBe('')
  })

  it('CON-07 escapes control characters', () => {
    expect(printable(Buffer.from('\x1b[2J\x1b]0;owned\x07'))).toBe('\\x1b[2J\\x1b]0;owned\\x07')
    expect(printable(Buffer.from('a\rb\bc\0d\x7f\x0b\x0c'))).toBe(
      'a\\x0db\\x08c\\x00d\\x7f\\x0b\\x0c',
    )
    expect(printable(Buffer.from('line\r\n'))).toBe('line\\x0d\n')
  })

  it('CON-07 escapes C1 controls, line separators and what turns the direction of writing', () => {
    expect(printable(Buffer.from('\u009b31m\u0085\u2028\u2029'))).toBe(
      '\\u009b31m\\u0085\\u2028\\u2029',
    )
    expect(printable(Buffer.from('\u202egnp.exe\u2066\u200f'))).toBe('\\u202egnp.exe\\u2066\\u200f')
  })

  it('CON-07 escapes bytes that are not UTF-8, one by one, and keeps the text around them', () => {
    const latin1 = (text: string): string => printable(Buffer.from(text, 'latin1'))
    expect(latin1('caf\xe9 au lait')).toBe('caf\\xe9 au lait')
    expect(latin1('\xc3\xb1\xff\xe2\x82\xac\xf0\x9f\x98\x80')).toBe('ñ\\xff€😀')
    // cut off, too long for what they say, halves of pairs, beyond the last character
    expect(latin1('\xe2\x82')).toBe('\\xe2\\x82')
    expect(latin1('\xc0\x80 \xc1\x9b \xe0\x80\x80 \xf0\x8f\xbf\xbf')).toBe(
      '\\xc0\\x80 \\xc1\\x9b \\xe0\\x80\\x80 \\xf0\\x8f\\xbf\\xbf',
    )
    expect(latin1('\xed\xa0\x80 \xf4\x90\x80\x80 \xf5')).toBe(
      '\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80 \\xf5',
    )
    // controls next to a stray byte are escaped, too
    expect(latin1('\xff\x1b\xc2\x9b')).toBe('\\xff\\x1b\\u009b')
  })

  it('CON-07 decodes all that is UTF-8, and nothing else, next to a stray byte as without it', () => {
    for (let code = 0xa0; code < 0x110000; code += code < 0x3000 ? 1 : 97) {
      if (code >= 0xd800 && code < 0xe000) continue
      const character = String.fromCodePoint(code)
      if (!isHarmless(character)) continue
      const bytes = Buffer.from(character)
      expect(printable(Buffer.concat([bytes, Buffer.of(0xff)]))).toBe(`${character}\\xff`)
    }
  })

  it('CON-07 whatever the bytes, what is left cannot drive a terminal', () => {
    let seed = 1
    const random = (below: number): number => {
      seed = (seed * 48271) % 0x7fffffff
      return seed % below
    }
    const nasty = [
      0x1b, 0x9b, 0xc2, 0x80, 0x85, 0xe2, 0xaa, 0xae, 0xa8, 0x0d, 0xd8, 0x9c, 0xff, 0x41,
    ]
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random(8) }, () =>
        random(2) ? (nasty[random(nasty.length)] as number) : random(256),
      )
      expect(isHarmless(printable(bytes)), Buffer.from(bytes).toString('hex')).toBe(true)
    }
  })

  it('CON-07 looks at the bytes it was given, and no others of their buffer', () => {
    expect(printable(new Uint8Array(Buffer.from('abcdef')).subarray(2, 4))).toBe('cd')
  })

  it('CON-14 JSON is escaped so that it stays the same value', () => {
    let all = ''
    for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code)
    const value = { [all]: [all, '\ud800', { n: 1 }] }
    for (const json of [printableJson(value), printableJson(value, 2)]) {
      expect(isHarmless(json)).toBe(true)
      expect(JSON.parse(json)).toEqual(value)
    }
    expect(printableJson('\x7f\u202e\u009b')).toBe('"\\u007f\\u202e\\u009b"')
    expect(printableJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}')
  })

  it('CON-14 a line is one line', () => {
    expect(printableLine(' one\r\n  two\n\n three\x1b\t\n')).toBe('one\\x0d; two; three\\x1b')
    expect(printableLine(Buffer.from('caf\xe9\n', 'latin1'))).toBe('caf\\xe9')
  })

  it('CON-15 the time to format a line grows only with its length, whatever blanks are in it', () => {
    const blanks = ' '.repeat(1 << 20)
    expect(printableLine(`a${blanks}b`)).toBe(`a${blanks}b`)
    expect(printableLine(`a${blanks}\n${blanks}\n\t${blanks}b${blanks}`)).toBe('a; b')
    expect(printableLine('\n'.repeat(1 << 20))).toBe('')
  })
})
