import type { Graph } from '@udpng/graph'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { mermaid } from '../src/picture/mermaid.js'
import { type Picture, pictureOf } from '../src/picture/picture.js'
import { svg } from '../src/picture/svg.js'
import { filesIn, read } from './read.js'

const good = filesIn('good').map(
  ([name, text]) => [name, pictureOf(read(text).graph as Graph)] as const,
)

/** Whatever has a meaning somewhere. */
const NASTY = '"><script>alert(1)</script>]-->%%{init}}%%\n;`#quot;&lt;\\*_[x](y)\u0000\ud800'

/** A picture in which every text is one that means something. */
const nasty: Picture = {
  nodes: ['A', 'B'].map((id) => ({
    id: id + NASTY,
    name: id + NASTY,
    component: NASTY,
    group: undefined,
    details: [NASTY],
  })),
  edges: [
    {
      from: { node: `A${NASTY}`, box: NASTY },
      to: { node: `B${NASTY}`, box: NASTY },
      control: false,
    },
  ],
}

/** The whole language that is written: nothing else may be in a chart. */
const LINES = {
  first: /^flowchart LR$/,
  node: /^ +(n\d+)\["<b>((?:[\p{L}\p{N} .,:…/-]|#\d+;)+)<\/b>(?:<br>(?:[\p{L}\p{N} .,:…/-]|#\d+;)*)*"\]$/u,
  group: /^ +subgraph n\d+s\["(?:[\p{L}\p{N} .,:…/-]|#\d+;)+"\]$/u,
  end: /^ +end$/,
  edge: /^ {2}(n\d+) (-- ".+" -->|-\. ".+" \.->) (n\d+)$/,
  label: /"((?:[\p{L}\p{N} .,:…/-]|#\d+;)+) → ((?:[\p{L}\p{N} .,:…/-]|#\d+;)+)"/u,
}

interface Chart {
  /** Names by id. */
  readonly nodes: ReadonlyMap<string, string>
  /** `A.outbox -> B.inbox`, `A.signal ..> B.control`. */
  readonly edges: readonly string[]
}

const decoded = (text: string): string =>
  text.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

/** Reads a chart strictly; throws at an invalid line. */
function parseMermaid(text: string): Chart {
  const [first = '', ...lines] = text.trimEnd().split('\n')
  expect(first).toMatch(LINES.first)
  const nodes = new Map<string, string>()
  const edges: string[] = []
  let open = 0
  for (const line of lines) {
    const [, id, name] = LINES.node.exec(line) ?? []
    const [, from, arrow = '', to] = LINES.edge.exec(line) ?? []
    if (id !== undefined && name !== undefined) nodes.set(id, decoded(name))
    else if (from !== undefined && to !== undefined) {
      const [, outbox = '', inbox = ''] = LINES.label.exec(arrow) ?? []
      expect(outbox, line).not.toBe('')
      const kind = arrow.startsWith('-.') ? '..>' : '->'
      edges.push(`${nodes.get(from)}.${decoded(outbox)} ${kind} ${nodes.get(to)}.${decoded(inbox)}`)
    } else if (LINES.group.test(line)) open++
    else if (LINES.end.test(line)) open--
    else throw new Error(`what is this? ${line}`)
  }
  expect(open).toBe(0)
  return { nodes, edges }
}

/** What a chart should show. */
function edgesOf({ nodes, edges }: Picture): string[] {
  const nameOf = (id: string): string => nodes.find((node) => node.id === id)?.name ?? ''
  return edges.map(
    ({ from, to, control }) =>
      `${nameOf(from.node)}.${from.box} ${control ? '..>' : '->'} ${nameOf(to.node)}.${to.box}`,
  )
}

interface Element {
  readonly [key: string]: unknown
}

/** All elements of that name in an SVG document, which must be well-formed. */
function elements(document: string, name: string): Element[] {
  expect(XMLValidator.validate(document)).toBe(true)
  const found: Element[] = []
  const search = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(search)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === name) found.push(...([inner].flat() as Element[]))
        search(inner)
      }
  }
  search(new XMLParser({ ignoreAttributes: false, processEntities: true }).parse(document))
  return found
}

describe('a graph as a picture', () => {
  it.each(good)(
    'CLI-63 %s as Mermaid: every part and every link, which box to which',
    (_, picture) => {
      const { nodes, edges } = parseMermaid(mermaid(picture))
      expect([...nodes.values()]).toEqual(
        expect.arrayContaining(picture.nodes.map(({ name }) => name)),
      )
      expect(nodes.size).toBe(picture.nodes.length)
      expect(edges).toEqual(edgesOf(picture))
    },
  )

  it('CLI-63 the graph of a session is inside of it, control is dashed', () => {
    const relay = good.find(([name]) => name === 'relay.yaml')?.[1] as Picture
    const text = mermaid(relay)
    expect(text).toMatch(/subgraph n2s\["CLIENTS: one for each client"\]\n {4}n\d+\["<b>UP<\/b>/)
    expect(parseMermaid(text).edges).toContain('CLIENTS.self.inbox -> UP.inbox')
    const ten = good.find(([name]) => name === 'ten-parts.yaml')?.[1] as Picture
    expect(parseMermaid(mermaid(ten)).edges).toContain('SYSLOG.signal ..> LINES.control')
  })

  it('CLI-63 whatever is in names and options, it stays text: Mermaid', () => {
    const { nodes, edges } = parseMermaid(mermaid(nasty))
    expect([...nodes.values()]).toEqual(
      nasty.nodes.map(({ name }) => name.replace('\ud800', '\ufffd')),
    )
    expect(edges).toHaveLength(1)
  })

  it.each(good)(
    'CLI-64 %s as SVG: every part and every link, inside of the picture',
    (_, picture) => {
      const document = svg(picture)
      const [root] = elements(document, 'svg')
      const [width, height] = [Number(root?.['@_width']), Number(root?.['@_height'])]
      const parts = elements(document, 'g').flatMap((g) => (g['@_data-part'] as string) ?? [])
      expect(parts.sort()).toEqual(picture.nodes.map(({ id }) => id).sort())
      expect(elements(document, 'title').map(String).sort()).toEqual(
        picture.edges
          .map(({ from, to }) => `${from.node}.${from.box} to ${to.node}.${to.box}`)
          .sort(),
      )
      const rectangles = elements(document, 'rect').filter((at) => at['@_class'] === 'node')
      expect(rectangles).toHaveLength(picture.nodes.length)
      const places = rectangles.map((at) =>
        ['x', 'y', 'width', 'height'].map((key) => Number(at[`@_${key}`])),
      )
      for (const [x = NaN, y = NaN, w = NaN, h = NaN] of places) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(x + w).toBeLessThanOrEqual(width)
        expect(y + h).toBeLessThanOrEqual(height)
        const over = places.filter(
          ([x2 = NaN, y2 = NaN, w2 = NaN, h2 = NaN]) =>
            x < x2 + w2 && x2 < x + w && y < y2 + h2 && y2 < y + h,
        )
        expect(over).toHaveLength(1) // itself
      }
      for (const { '@_d': path } of elements(document, 'path'))
        expect(String(path)).toMatch(/^M[\d. ]+(?:[CLQhlvz][-\d. ]*)+$/)
    },
  )

  it('CLI-64 whatever is in names and options, it stays text: SVG', () => {
    const document = svg(nasty)
    expect(XMLValidator.validate(document)).toBe(true)
    expect(elements(document, 'script')).toEqual([])
    expect(document).not.toContain('<script')
    expect(document).not.toContain('\0')
    expect(document).not.toMatch(/\p{Surrogate}/u)
  })

  it('CLI-64 it is light or dark, as the system of the reader is', () => {
    expect(svg(nasty)).toMatch(/@media \(prefers-color-scheme: dark\)/)
  })
})
