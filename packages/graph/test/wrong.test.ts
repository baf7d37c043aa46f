import { describe, expect, it } from 'vitest'
import { filesIn, read } from './read.js'

/*
 * Each file in `wrong` says what is wrong with it: a line `#! 12:5: message` for each mistake, in order. Those here
 * cannot be files with comments.
 */
const bare: readonly [what: string, content: string | Uint8Array, ...expected: string[]][] = [
  ['an empty file', '', '1:1: the file is empty; a graph needs parts'],
  [
    'a file with nothing but a comment',
    '\n# nothing\n',
    '1:1: the file is empty; a graph needs parts',
  ],
  ['null', 'null\n', '1:1: the file is empty; a graph needs parts'],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from('parts:\n  É: '), Buffer.of(0xc3, 0x28)]),
    '2:6: from here on, the file is not UTF-8',
  ],
  [
    'a character that is cut off at the end',
    Buffer.of(0x61, 0x0a, 0x62, 0xe2, 0x82),
    '2:2: from here on, the file is not UTF-8',
  ],
  ['UTF-16', Buffer.from('\ufeffparts: {}', 'utf16le'), '1:1: from here on, the file is not UTF-8'],
]

describe('what is wrong with a graph file', () => {
  const wrong = filesIn('wrong')

  it('CLI-51 is shown for more than twenty files', () => {
    expect(wrong.length + bare.length).toBeGreaterThan(20)
  })

  it.each(wrong)('CLI-51 %s: all mistakes, each at its line and column', (name, text) => {
    const expected = [...text.matchAll(/^#! (.*)$/gm)].map(([, line]) => `${name}:${line}`)
    expect(expected).not.toEqual([])
    expect(read(text, name)).toEqual({ graph: undefined, errors: expected, warnings: [] })
  })

  it.each(bare)('CLI-51 %s', (_, content, ...expected) => {
    expect(read(content).errors).toEqual(expected.map((line) => `f.yaml:${line}`))
  })

  it('CLI-51 a byte order mark and CRLF change no place', () => {
    const text = 'parts:\r\n  OUT: { component: ConsoleEcho }\r\n'
    const expected = 'f.yaml:2:21: unknown component "ConsoleEcho"; did you mean ConsoleEchoer?'
    expect(read(text).errors).toEqual([expected])
    expect(read(`\ufeff${text}`).errors).toEqual([expected])
  })

  it('CLI-51 a line is one line, whatever the file has in it', () => {
    const { errors } = read(`parts: { "a\\nb\\u001b[2J": 3, C: { component: "x\\r\\ny\\0" } }`)
    expect(errors).toEqual([
      'f.yaml:1:10: "a\\nb\\u001b[2J" is not a valid part name; a name has letters, digits, _ and -, begins with a letter, and is not self',
      expect.stringMatching(/^f\.yaml:1:46: unknown component "x\\r\\ny\\u0000"; there is UDPR/),
    ])
  })

  it('CLI-51 valid but suspicious input is a warning, once nothing is wrong', () => {
    const spare = '  SPARE: { component: ConsoleEchoer }\n'
    const text = `parts:\n  READ: { component: ConsoleReader }\n  OUT: { component: ConsoleEchoer }\n${spare}`
    const links = 'linkages: { READ.outbox: OUT.inbox }\n'
    const reading = read(text + links)
    expect(reading.graph?.parts.map(({ name }) => name)).toEqual(['READ', 'OUT', 'SPARE'])
    expect(reading.errors).toEqual([])
    expect(reading.warnings).toEqual(['f.yaml:4:3: warning: SPARE is linked to nothing'])
    expect(read(text + links.replace('OUT', 'OTU')).warnings).toEqual([])
  })
})
