import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { draw } from '@udpng/graph'
import { describe, expect, it } from 'vitest'
import { read, types } from './read.js'

const root = join(import.meta.dirname, '../../..')
const documents = ['docs/graph-files.md', 'packages/graph/README.md', 'packages/cli/README.md']

/** Every block that is a whole graph. */
const graphs = documents.flatMap((document) => {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)]
    .map(([, block = '']) => [document, block] as const)
    .filter(([, block]) => /^parts:/m.test(block))
})

describe('graphs in the documentation', () => {
  it('CLI-54 are there', () => {
    expect(graphs.length).toBeGreaterThan(3)
  })

  it.each(graphs)('CLI-54 in %s: nothing is wrong with them', (_, block) => {
    expect(read(block)).toEqual({ graph: expect.anything(), errors: [], warnings: [] })
  })

  it('CLI-54 the picture is that of the graph above it', () => {
    const [, ten = ''] = graphs.find(([, block]) => block.includes('SYSLOG')) ?? []
    const { graph } = read(ten)
    expect(graph && draw(graph, 'svg')).toBe(readFileSync(join(root, 'docs/ten-parts.svg'), 'utf8'))
  })

  it('CLI-54 the table names every component, its options and its boxes', () => {
    const text = readFileSync(join(root, 'docs/graph-files.md'), 'utf8')
    const rows = new Map(
      [...text.matchAll(/^\| `(\w+)` .*$/gm)].map(
        ([row, name]) => [name, row.split(' | ')] as const,
      ),
    )
    expect([...rows.keys()]).toEqual([...types.keys()])
    for (const [name, type] of types) {
      const [, , options = '', inboxes = '', outboxes = ''] = rows.get(name) ?? []
      const { takes, sends } = type.known?.boxes({ items: ['one'] }) ?? { takes: {}, sends: {} }
      const listed = (cell: string): string[] => cell.match(/\w+/g) ?? []
      expect(listed(inboxes).sort(), name).toEqual(Object.keys(takes).sort())
      expect(listed(outboxes).sort(), name).toEqual(Object.keys(sends).sort())
      if (!/of peers|conditions/.test(options))
        expect(listed(options), name).toEqual(
          expect.arrayContaining(Object.keys(type.known?.options.shape ?? {})),
        )
    }
  })
})
