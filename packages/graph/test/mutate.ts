/** Numbers that follow from a seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What means something in YAML, or here. */
const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ': ',
    '- ',
    '? ',
    '|',
    '>',
    '"',
    "'",
    '#',
    ' #',
    '\n',
    '\r\n',
    '\t',
    '%',
  ],
  ...[
    '---\n',
    '...\n',
    '&a ',
    '*a',
    '*in',
    '<<: ',
    '!!binary ',
    '!!set ',
    '!x ',
    '!',
    '~',
    'null',
    'true',
    '.inf',
  ],
  ...[
    '.nan',
    '0x1f',
    '1e999',
    '-1',
    '65536',
    '2147483648',
    '@',
    '`',
    '\ufeff',
    '\0',
    '\u2028',
    'é',
    '😀',
    '\\',
  ],
  ...[
    'parts',
    'linkages',
    'component',
    'child',
    'self',
    'self.inbox',
    'self.outbox',
    'inbox',
    'control',
    'signal',
  ],
  ...[
    'Sessions',
    'ToPayload',
    'Ticker',
    'DataSource',
    'items',
    'UDPSender',
    'multicast',
    'loss',
    'template',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'prototype',
    'hasOwnProperty',
    'length',
    'OUT',
    'OUT.inbox',
    '',
  ],
]

/** A file made worse, by bytes, words, and lines: a good one mostly, and one change mostly. */
export function mutate(
  good: readonly string[],
  wrong: readonly string[],
  next: () => number,
): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const files = [...good, ...wrong]
  let text = pick(next() < 0.8 ? good : files)
  do text = change(text, files, next, pick)
  while (next() < 0.4)
  const bytes = Buffer.from(text)
  if (next() < 0.2)
    for (let i = 0; i < 3 && bytes.length > 0; i++)
      bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256)
  return bytes
}

function change(
  text: string,
  files: readonly string[],
  next: () => number,
  pick: <T>(list: readonly T[]) => T,
): string {
  const at = Math.floor(next() * (text.length + 1))
  const words = [...text.matchAll(/[\w.:]+|[^\w\s]/g)]
  const lines = text.split('\n')
  const line = Math.floor(next() * lines.length)
  switch (Math.floor(next() * 10)) {
    case 0:
      return text.slice(0, at) + pick(TOKENS) + text.slice(at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(next() * 5))
    case 2:
      return text.slice(0, at)
    case 3:
      return lines.toSpliced(line, 1).join('\n')
    case 4:
      return lines.toSpliced(Math.floor(next() * lines.length), 0, lines[line] as string).join('\n')
    case 5:
      return lines
        .with(line, `${' '.repeat(Math.floor(next() * 6))}${lines[line]?.trim()}`)
        .join('\n')
    case 6:
      return lines.toSpliced(line, 0, pick(pick(files).split('\n'))).join('\n')
    default: {
      // a word for another one: this keeps it YAML, mostly
      const word = words.length > 0 ? pick(words) : undefined
      if (!word) return text + pick(TOKENS)
      const other = next() < 0.5 && words.length > 0 ? pick(words)[0] : pick(TOKENS)
      return text.slice(0, word.index) + other + text.slice(word.index + word[0].length)
    }
  }
}
