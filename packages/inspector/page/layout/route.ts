import type { CardShape } from '../model/structure.js'
import type { Wire } from '../model/wires.js'
import { portOf } from './card-size.js'
import type { Box, Point } from './geometry.js'

/** The drawing of a wire. */
export interface Route {
  /** The attribute `d` of an SVG path. */
  readonly path: string
  /** The position of its rate. */
  readonly label: Point
}

/** The position of a rate on a curve: near its end, where the wires of a card have parted, or near its beginning if they meet. */
const NEAR_END = 0.62
const NEAR_START = 0.38
/** Distance of a back wire from its cards, and its corner radius. */
const STAND_OFF = 15
const ROUND = 10

/** The way of a wire from port to port; undefined when one of its ends is not drawn. */
export function routeOf(
  { from, to }: Wire,
  shapes: ReadonlyMap<string, CardShape>,
  cards: ReadonlyMap<string, Box>,
  bends: readonly Point[] = [],
  lane?: number,
  /** Whether others lead to the same box. */
  meets = false,
): Route | undefined {
  const source = cards.get(from.component)
  const sink = cards.get(to.component)
  const sourceShape = shapes.get(from.component)
  const sinkShape = shapes.get(to.component)
  if (!source || !sink || !sourceShape || !sinkShape) return undefined
  const start = portOf(source, sourceShape, from.box, 'out')
  const end = portOf(sink, sinkShape, to.box, 'in')
  return lane === undefined ? forth([start, ...bends, end], meets) : back(start, end, lane)
}

/** A curve through points that is level at each of them. */
function forth([start, ...rest]: readonly [Point, ...Point[]], meets: boolean): Route {
  let path = `M${at(start)}`
  let label: Point | undefined
  let from = start
  for (const to of rest) {
    const pull = Math.max(24, Math.abs(to.x - from.x) / 2)
    const curve = [from, { x: from.x + pull, y: from.y }, { x: to.x - pull, y: to.y }, to] as const
    path += ` C${curve.slice(1).map(at).join(' ')}`
    if (!meets) label = onCurve(curve, NEAR_END)
    else label ??= onCurve(curve, NEAR_START)
    from = to
  }
  return { path, label: label ?? start }
}

/** A point of a cubic Bézier curve. */
function onCurve(curve: readonly [Point, Point, Point, Point], t: number): Point {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3]
  const sum = (axis: 'x' | 'y'): number =>
    curve.reduce((total, point, i) => total + point[axis] * (weights[i] ?? 0), 0)
  return { x: sum('x'), y: sum('y') }
}

/** Out to the right, down, back below everything, and up again. */
function back(start: Point, end: Point, lane: number): Route {
  const right = start.x + STAND_OFF
  const left = end.x - STAND_OFF
  const path = [
    `M${at(start)}`,
    `H${right - ROUND}`,
    `Q${at({ x: right, y: start.y })} ${at({ x: right, y: start.y + ROUND })}`,
    `V${lane - ROUND}`,
    `Q${at({ x: right, y: lane })} ${at({ x: right - ROUND, y: lane })}`,
    `H${left + ROUND}`,
    `Q${at({ x: left, y: lane })} ${at({ x: left, y: lane - ROUND })}`,
    `V${end.y + ROUND}`,
    `Q${at({ x: left, y: end.y })} ${at({ x: left + ROUND, y: end.y })}`,
    `H${end.x}`,
  ].join(' ')
  return { path, label: { x: (left + right) / 2, y: lane } }
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`
}
