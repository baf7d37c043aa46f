import { describe, expect, it } from 'vitest'
import { read } from './read.js'

const source = (items: string): string => `parts: { A: { component: DataSource, items: ${items} } }`

describe('the limits of a graph file', () => {
  it('CLI-53 at most 128 KiB', () => {
    const text = `${source('[1]')}\n`
    const fill = (size: number): string => text + '#'.repeat(size - text.length)
    expect(read(fill(128 * 1024)).errors).toEqual([])
    expect(read(fill(128 * 1024 + 1)).errors).toEqual([
      'f.yaml:1:1: the file is too large; a graph file has at most 128 KiB',
    ])
  })

  it.each([
    ['[', 'flow lists'],
    ['{a: ', 'flow maps'],
    ['- ', 'lists in one line'],
    ['? ', 'keys of keys'],
    ['a: ', 'maps in one line'],
  ])('CLI-53 lists and maps at most 64 levels deep: %j', (opening) => {
    const { errors } = read(opening.repeat(100_000 / opening.length))
    expect(errors).toEqual([
      expect.stringMatching(/^f\.yaml:1:\d+: lists and maps are nested more than 64 levels deep$/),
    ])
  })

  it('CLI-53 as deep as that is fine', () => {
    const deep = '['.repeat(60) + ']'.repeat(60)
    expect(read(source(deep)).errors).toEqual([])
    expect(read(source(`[${'['.repeat(64)}${']'.repeat(64)}]`)).errors).toHaveLength(1)
  })

  it('CLI-53 at most 100 aliases, and no more by aliases of aliases', () => {
    const aliases = (count: number): string =>
      source(`[&a x, ${Array.from({ length: count }, () => '*a').join(', ')}]`)
    expect(read(aliases(100)).errors).toEqual([])
    expect(read(aliases(101)).errors).toEqual(['f.yaml:1:452: more than 100 aliases'])
    const { graph } = read(
      'parts:\n  A: &a { component: ConsoleReader }\n  B: *a\nlinkages: { A.signal: B.control }\n',
    )
    expect(graph?.parts.map(({ name, component }) => [name, component])).toEqual([
      ['A', 'ConsoleReader'],
      ['B', 'ConsoleReader'],
    ])
  })

  it('CLI-53 at most 1000 parts, those of children too', () => {
    const parts = (count: number): string =>
      Array.from({ length: count }, (_, i) => ` P${i}: { component: ToPayload }`).join(',\n')
    expect(read(`parts: {\n${parts(1000)}}`).errors).toEqual([])
    expect(read(`parts: {\n${parts(1001)}}`).errors).toEqual([
      'f.yaml:1002:2: more than 1000 parts',
    ])
    const child = (inner: string): string =>
      `parts: { S: { component: Sessions, child: { linkages: { self.inbox: P0.inbox }, parts: {\n${inner}}}}}`
    expect(read(child(parts(999))).errors).toEqual([])
    expect(read(child(parts(1000))).errors).toEqual(['f.yaml:1001:2: more than 1000 parts'])
  })

  it('CLI-53 of more than 100 mistakes, the first, and how many more', () => {
    const lines = Array.from({ length: 250 }, (_, i) => `  P${i}: 3\n`)
    const { errors } = read(`parts:\n${lines.join('')}`)
    expect(errors).toHaveLength(101)
    expect(errors.at(-2)).toMatch(/^f\.yaml:101:\d+: P99 is 3;/)
    expect(errors.at(-1)).toBe('f.yaml:101:8: and 150 more errors')
  })

  it.each([
    ['the same key', 'k: 1\n'.repeat(26_000)],
    [
      'linkages',
      `parts: {}\nlinkages:\n${Array.from({ length: 4500 }, (_, i) => `  P${i}.outbox: Q${i}.inbox`).join('\n')}`,
    ],
    ['quotes', '"'.repeat(131_072)],
    ['commas', `[${','.repeat(131_000)}`],
    ['comments', '#\n'.repeat(65_536)],
    ['one long component', `parts: { A: { component: ${'a'.repeat(131_000)} } }`],
    [
      'many unknown components',
      Array.from({ length: 990 }, (_, i) => `  A${i}: { component: ${'b'.repeat(60)}${i} }`)
        .join('\n')
        .replace(/^/, 'parts:\n'),
    ],
  ])('CLI-53 128 KiB of %s are read, and do not hang', (_, text) => {
    const before = performance.now()
    expect(read(text).errors).not.toEqual([])
    expect(performance.now() - before).toBeLessThan(60_000)
  })
})
