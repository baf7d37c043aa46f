import dagre from '@dagrejs/dagre'
import type { End, Picture, PictureEdge, PictureNode } from './picture.js'

/** The layout, in pixels from the top left corner. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly groups: readonly PlacedGroup[]
  readonly edges: readonly PlacedEdge[]
}

export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface PlacedNode extends Rectangle {
  readonly node: PictureNode
  /** Its boxes that are linked, from above; y is that of the line where the name stands. */
  readonly inboxes: readonly PlacedBox[]
  readonly outboxes: readonly PlacedBox[]
}

export interface PlacedBox {
  readonly name: string
  readonly control: boolean
  readonly y: number
}

export interface PlacedGroup extends Rectangle {
  readonly title: string
}

export interface PlacedEdge {
  readonly edge: PictureEdge
  /** From the outbox to the inbox. */
  readonly points: readonly Point[]
  /** It leads back, around everything. */
  readonly back: boolean
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** The font is monospaced: each character is as wide as any other. */
export const CHARACTER = 7.3
export const LINE = 18
export const PADDING = 12
/** Between nodes: room for the curves, and for what leads back. */
const COLUMN_GAP = 84
const ROW_GAP = 28
const MARGIN = 36
const LANE_GAP = 14
/** Distance of a back edge from its node; several back edges have separate tracks. */
const TURN = 16
const TURN_GAP = 4
const TURNS = 4

/** Places the parts of a picture in columns, from those that send to those that take. */
export function layOut({ nodes, edges }: Picture): Layout {
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true })
  graph.setGraph({
    rankdir: 'LR',
    ranksep: COLUMN_GAP,
    nodesep: ROW_GAP,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  const inner = new Map(nodes.map((node) => [node.id, new Inside(node, edges)]))
  const width = Math.max(...[...inner.values()].map((inside) => inside.width))
  const groups = new Set(nodes.flatMap(({ group }) => group ?? []))
  for (const group of groups) graph.setNode(`${group}/`, { width: 0, height: 0 })
  for (const { id, group } of nodes) {
    graph.setNode(id, { width, height: inner.get(id)?.height ?? 0 })
    if (group !== undefined) graph.setParent(id, `${group}/`)
  }
  for (const group of groups) {
    const outer = nodes.find(({ id }) => id === group)?.group
    if (outer !== undefined) graph.setParent(`${group}/`, `${outer}/`)
  }
  edges.forEach(({ from, to }, i) => {
    graph.setEdge(from.node, to.node, {}, String(i))
  })
  dagre.layout(graph)

  const placed = new Map(
    nodes.map((node) => [
      node.id,
      (inner.get(node.id) as Inside).at(rectangle(graph.node(node.id))),
    ]),
  )
  const boxes = [...groups].map((group) => ({
    ...rectangle(graph.node(`${group}/`)),
    title: `${nodes.find(({ id }) => id === group)?.name}: one for each client`,
  }))
  const columns = columnsOf([...placed.values()])
  let bottom = Math.max(...[...placed.values(), ...boxes].map(({ top, height }) => top + height))
  let turns = 0
  const routes = edges.map((edge, i): PlacedEdge => {
    const start = port(placed.get(edge.from.node), edge.from, 'outboxes')
    const end = port(placed.get(edge.to.node), edge.to, 'inboxes')
    const back = end.x < start.x + TURN
    const between = graph.edge(edge.from.node, edge.to.node, String(i)).points ?? []
    if (!back) return { edge, back, points: [start, ...past(columns, between), end] }
    bottom += LANE_GAP
    const turn = TURN + TURN_GAP * (turns++ % TURNS)
    const corners = [
      { x: start.x + turn, y: start.y },
      { x: start.x + turn, y: bottom },
      { x: end.x - turn, y: bottom },
      { x: end.x - turn, y: end.y },
    ]
    return { edge, back, points: [start, ...corners, end] }
  })
  const right = Math.max(...[...placed.values(), ...boxes].map((at) => at.left + at.width))
  return {
    width: right + MARGIN,
    height: bottom + MARGIN,
    nodes: [...placed.values()],
    groups: boxes,
    edges: routes,
  }
}

interface Column {
  readonly left: number
  readonly right: number
}

function columnsOf(nodes: readonly Rectangle[]): Column[] {
  const lefts = new Map(
    nodes.map(({ left, width }) => [Math.round(left), { left, right: left + width }]),
  )
  return [...lefts.values()].sort((a, b) => a.left - b.left)
}

/** The way past nodes that stand between: straight through their column, so that all curves are in the gaps. */
function past(columns: readonly Column[], between: readonly Point[]): Point[] {
  return columns.flatMap(({ left, right }) => {
    // the first and the last one are at the nodes themselves
    const point = between.slice(1, -1).find(({ x }) => x > left && x < right)
    return point ? [left, right].map((x) => ({ x, y: point.y })) : []
  })
}

/** The contents of a node: a name, its component, details, and below them a line for each box. */
class Inside {
  readonly width: number
  readonly height: number
  readonly #node: PictureNode
  readonly #inboxes: readonly Omit<PlacedBox, 'y'>[]
  readonly #outboxes: readonly Omit<PlacedBox, 'y'>[]
  readonly #headLines: number

  constructor(node: PictureNode, edges: readonly PictureEdge[]) {
    this.#node = node
    this.#inboxes = linked(edges, node.id, 'to')
    this.#outboxes = linked(edges, node.id, 'from')
    this.#headLines = 2 + node.details.length
    const rows = Math.max(this.#inboxes.length, this.#outboxes.length)
    const longest = (boxes: readonly { readonly name: string }[]): number =>
      Math.max(0, ...boxes.map(({ name }) => name.length))
    const letters = Math.max(
      ...[node.name, node.component, ...node.details].map((text) => text.length),
      longest(this.#inboxes) + 3 + longest(this.#outboxes),
    )
    this.width = letters * CHARACTER + 2 * PADDING
    this.height = (this.#headLines + rows) * LINE + (rows > 0 ? 2.5 : 1.5) * PADDING
  }

  at(place: Rectangle): PlacedNode {
    const first = place.top + this.#headLines * LINE + 2 * PADDING + LINE / 2
    const put = (box: Omit<PlacedBox, 'y'>, i: number): PlacedBox => ({
      ...box,
      y: first + i * LINE,
    })
    return {
      ...place,
      node: this.#node,
      inboxes: this.#inboxes.map(put),
      outboxes: this.#outboxes.map(put),
    }
  }
}

function linked(
  edges: readonly PictureEdge[],
  node: string,
  side: 'from' | 'to',
): Omit<PlacedBox, 'y'>[] {
  const boxes = new Map<string, Omit<PlacedBox, 'y'>>()
  for (const edge of edges) {
    const end = edge[side]
    if (end.node !== node) continue
    const control = ['control', 'signal'].includes(end.box)
    boxes.set(end.box, { name: end.box, control })
  }
  return [...boxes.values()].sort((a, b) => Number(a.control) - Number(b.control))
}

function port(at: PlacedNode | undefined, end: End, side: 'inboxes' | 'outboxes'): Point {
  const { left = 0, width = 0 } = at ?? {}
  const y = at?.[side].find(({ name }) => name === end.box)?.y ?? 0
  return { x: side === 'inboxes' ? left : left + width, y }
}

function rectangle(at: {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}): Rectangle {
  const { x = 0, y = 0, width, height } = at
  return { left: x - width / 2, top: y - height / 2, width, height }
}
