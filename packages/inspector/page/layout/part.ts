import { Graph, layout } from '@dagrejs/dagre'
import type { Point, Size } from './geometry.js'

/** A link between two members of a part. */
export interface PartEdge {
  readonly id: string
  readonly from: string
  readonly to: string
}

/** The layout of a part: from left to right, as messages flow. */
export interface PartLayout {
  readonly size: Size
  /** Upper left corners, by member. */
  readonly places: ReadonlyMap<string, Point>
  /** Way points of wires that pass between other members, by edge. */
  readonly bends: ReadonlyMap<string, readonly Point[]>
  /** Wires that lead back, by edge: how high the lane below all members is that they take. */
  readonly lanes: ReadonlyMap<string, number>
}

/** Between columns, where the rates stand; and between the members of a column. */
const COLUMN_GAP = 84
const ROW_GAP = 14
const LANE_HEIGHT = 18

/** Lays out members that are linked to each other. */
export function layoutPart(
  members: ReadonlyMap<string, Size>,
  edges: readonly PartEdge[],
): PartLayout {
  // Numbers for names: the library need not cope with any name that a program may choose.
  const ids = new Map([...members.keys()].map((name, index) => [name, `${index}`]))
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: ROW_GAP, edgesep: 18, ranksep: COLUMN_GAP })
  for (const [name, { width, height }] of members)
    graph.setNode(ids.get(name) as string, { width, height })
  edges.forEach(({ from, to }, index) => {
    if (from !== to) graph.setEdge(ids.get(from) as string, ids.get(to) as string, {}, `${index}`)
  })
  layout(graph)

  const middleOf = (name: string): Point => graph.node(ids.get(name) as string) as Point
  const flipped = isUpsideDown(edges, middleOf)
  const height = graph.graph().height ?? 0
  const upright = ({ x, y }: Point): Point => ({ x, y: flipped ? height - y : y })

  const places = new Map<string, Point>()
  let [right, bottom] = [0, 0]
  for (const [name, { width, height }] of members) {
    const { x, y } = upright(middleOf(name))
    places.set(name, { x: x - width / 2, y: y - height / 2 })
    right = Math.max(right, x + width / 2)
    bottom = Math.max(bottom, y + height / 2)
  }

  const bends = new Map<string, readonly Point[]>()
  const lanes = new Map<string, number>()
  edges.forEach(({ id, from, to }, index) => {
    const start = places.get(from)
    const end = places.get(to)
    if (!start || !end) return
    if (end.x < start.x + (members.get(from)?.width ?? 0)) {
      bottom += LANE_HEIGHT
      lanes.set(id, bottom - LANE_HEIGHT / 2)
      return
    }
    const edge = graph.edge(ids.get(from) as string, ids.get(to) as string, `${index}`)
    // The first and the last are at the edges of the members; a wire begins and ends at ports.
    const between = (edge?.points ?? []).slice(1, -1).map((point: Point) => upright(point))
    if (between.length > 1) bends.set(id, between)
  })
  return { size: { width: right, height: bottom }, places, bends, lanes }
}

/** Whether wires that leave the same member would cross less if the lower ones were the upper ones: they come in the order of their ports. */
function isUpsideDown(edges: readonly PartEdge[], middleOf: (name: string) => Point): boolean {
  let crossings = 0
  const last = new Map<string, number>()
  for (const { from, to } of edges) {
    const { y } = middleOf(to)
    crossings += Math.sign((last.get(from) ?? y) - y)
    last.set(from, y)
  }
  return crossings > 0
}
