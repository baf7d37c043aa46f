import type { ComponentPicture, Picture } from '../../src/protocol.js'
import { inOrderOfStart } from './started.js'
import { isHidden } from './state.js'
import { throughHidden } from './through-hidden.js'
import type { Wire } from './wires.js'

/** The parts of a component that are drawn, which determine its size. */
export interface CardShape {
  readonly inboxes: readonly string[]
  readonly outboxes: readonly string[]
  /** Those that are more than a card shows; their wires meet at the last row. */
  readonly more: number
  readonly address: boolean
}

/** The structure of the drawing, without numbers: while `key` is the same, the layout stays. */
export interface Structure {
  readonly key: string
  readonly cards: ReadonlyMap<string, CardShape>
  /** Those that have parts: drawn as a frame around them. One with boxes to show has a card inside, too. */
  readonly frames: ReadonlySet<string>
  /** Only parents that are drawn. */
  readonly parents: ReadonlyMap<string, string>
  readonly wires: readonly Wire[]
}

/** The viewer's choices. */
export interface Shown {
  /** Also what is hidden by default, see `isHidden`. */
  readonly plumbing: boolean
  readonly control: boolean
}

/** More rows than these are only in the details. */
const MAX_ROWS = 8

/** Computes the structure of a picture. */
export function structureOf(picture: Picture, wires: readonly Wire[], shown: Shown): Structure {
  const components = inOrderOfStart(picture).filter(
    ([, component]) => shown.plumbing || !isHidden(component),
  )
  const names = new Set(components.map(([name]) => name))
  const visible = throughHidden(wires, names).filter(({ control }) => shown.control || !control)
  const ends = new Map<string, Ends>()
  for (const { from, to } of visible) {
    endsOf(ends, from.component).out.add(from.box)
    endsOf(ends, to.component).in.add(to.box)
  }
  const parents = new Map<string, string>()
  for (const [name, { parent }] of components) {
    if (parent !== undefined && parent !== name && names.has(parent)) parents.set(name, parent)
  }
  breakCircles(parents)
  const frames = new Set(parents.values())
  const cards = new Map<string, CardShape>()
  for (const [name, component] of components) {
    const shape = shapeOf(component, endsOf(ends, name))
    if (!frames.has(name) || shape.inboxes.length + shape.outboxes.length > 0)
      cards.set(name, shape)
  }
  const drawn = inOrderOfPorts(visible, components, ends)
  const key = JSON.stringify([
    [...cards],
    [...parents],
    drawn.map(({ id, to }) => [id, to.component, to.box]),
  ])
  return { key, cards, frames, parents, wires: drawn }
}

/** The boxes of a component at which wires begin and end. */
interface Ends {
  readonly in: Set<string>
  readonly out: Set<string>
}

function endsOf(ends: Map<string, Ends>, component: string): Ends {
  let those = ends.get(component)
  if (!those) {
    those = { in: new Set(), out: new Set() }
    ends.set(component, those)
  }
  return those
}

/** However the picture lists them: so that the end of a component, which moves it there, moves nothing here. */
function inOrderOfPorts(
  wires: readonly Wire[],
  components: readonly (readonly [string, ComponentPicture])[],
  ends: Map<string, Ends>,
): Wire[] {
  const leaving = new Map<string, Wire[]>()
  for (const wire of wires) {
    const outbox = `${wire.from.component}.${wire.from.box}`
    leaving.set(outbox, [...(leaving.get(outbox) ?? []), wire])
  }
  return components.flatMap(([name, { outboxes }]) =>
    drawnBoxes(outboxes, 'outbox', endsOf(ends, name).out).flatMap(
      (box) => leaving.get(`${name}.${box}`) ?? [],
    ),
  )
}

function shapeOf({ inboxes, outboxes, address }: ComponentPicture, ends: Ends): CardShape {
  const ins = drawnBoxes(inboxes, 'inbox', ends.in)
  const outs = drawnBoxes(outboxes, 'outbox', ends.out)
  return {
    inboxes: ins.slice(0, MAX_ROWS),
    outboxes: outs.slice(0, MAX_ROWS),
    more: Math.max(0, ins.length - MAX_ROWS) + Math.max(0, outs.length - MAX_ROWS),
    address: address !== undefined,
  }
}

/**
 * `inbox` and `outbox` are always on the card, all others when they are linked. A box that is there no more, but its link is
 * still drawn (one that a splitter had for a sink that failed), stays where it was.
 */
function drawnBoxes(boxes: object, always: string, linked: ReadonlySet<string>): string[] {
  const own = Object.keys(boxes)
  const drawn = own.filter((box) => box === always || linked.has(box))
  const gone = [...linked].filter((box) => !own.includes(box))
  return gone.length === 0
    ? drawn
    : [...drawn, ...gone].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** A parent is older than its child; data that says otherwise is ignored, and that component has no parent. */
function breakCircles(parents: Map<string, string>): void {
  for (const name of [...parents.keys()]) {
    const seen = new Set([name])
    for (let up = parents.get(name); up !== undefined; up = parents.get(up)) {
      if (seen.has(up)) {
        parents.delete(name)
        break
      }
      seen.add(up)
    }
  }
}
