import type { Structure } from '../model/structure.js'
import type { Wire } from '../model/wires.js'
import { cardSize, NOTES_HEIGHT } from './card-size.js'
import { connected } from './connected.js'
import type { Box, Point, Size } from './geometry.js'
import { pack } from './pack.js'
import { layoutPart, type PartEdge, type PartLayout } from './part.js'
import { type Route, routeOf } from './route.js'

/** The layout. */
export interface Layout {
  readonly size: Size
  readonly cards: ReadonlyMap<string, Box>
  /** Outer ones before inner ones. */
  readonly frames: ReadonlyMap<string, Box>
  readonly routes: ReadonlyMap<string, Route>
}

/** Inside a frame: its title above, and room at the sides. */
const FRAME_TITLE = 36
const FRAME_SIDE = 20
const FRAME_BOTTOM = 4
const PART_GAP = 24
/** Beside the card of a frame itself: wires go down here. */
const OWN_GAP = 40

/** The members of one frame, or those outside of all frames, relative to its upper left corner. */
interface Level {
  readonly size: Size
  readonly members: readonly { readonly name: string; readonly place: Point }[]
  readonly bends: ReadonlyMap<string, readonly Point[]>
  readonly lanes: ReadonlyMap<string, number>
}

/** A member of a level: a card, or a frame with all that is in it. */
const asCard = (name: string): string => `card ${name}`
const asFrame = (name: string): string => `frame ${name}`

/**
 * Lays out structures. Each frame is laid out for itself, and so is each part in it that nothing links to the others: what
 * was laid out before is kept, so that a change here moves nothing inside what is there.
 */
export class Layouter {
  #kept = new Map<string, PartLayout>()
  #used = new Map<string, PartLayout>()
  /** Number of parts laid out so far. */
  runs = 0

  layout(structure: Structure): Layout {
    this.#used = new Map()
    const levels = new Map<string | undefined, Level>()
    const sizes = new Map<string, Size>()
    for (const [name, shape] of structure.cards) {
      const { width, height } = cardSize(shape)
      sizes.set(asCard(name), { width, height: height + NOTES_HEIGHT })
    }
    const edges = edgesByLevel(structure)
    const members = membersByLevel(structure)
    for (const frame of innermostFirst(structure)) {
      const level = this.#level(frame, members.get(frame) ?? [], edges.get(frame) ?? [], sizes)
      levels.set(frame, level)
      if (frame !== undefined)
        sizes.set(asFrame(frame), {
          width: Math.max(level.size.width, 200) + 2 * FRAME_SIDE,
          height: level.size.height + FRAME_TITLE + FRAME_BOTTOM,
        })
    }
    this.#kept = this.#used
    return assemble(structure, levels, sizes)
  }

  #level(
    frame: string | undefined,
    members: readonly string[],
    edges: readonly PartEdge[],
    sizes: ReadonlyMap<string, Size>,
  ): Level {
    const parts = connected(members, edges).map((part) => this.#part(part, sizes))
    const { places, size } = arrange(parts, frame)
    const level = {
      size,
      members: [] as { name: string; place: Point }[],
      bends: new Map<string, readonly Point[]>(),
      lanes: new Map<string, number>(),
    }
    parts.forEach((part, index) => {
      const at = places[index] ?? { x: 0, y: 0 }
      for (const [name, place] of part.places) level.members.push({ name, place: plus(place, at) })
      for (const [id, points] of part.bends)
        level.bends.set(
          id,
          points.map((point) => plus(point, at)),
        )
      for (const [id, y] of part.lanes) level.lanes.set(id, y + at.y)
    })
    return level
  }

  #part(
    part: { readonly members: readonly string[]; readonly edges: readonly PartEdge[] },
    sizes: ReadonlyMap<string, Size>,
  ): PartLayout {
    const members = new Map(part.members.map((name) => [name, sizes.get(name) as Size]))
    const key = JSON.stringify([[...members], part.edges])
    let laidOut = this.#kept.get(key)
    if (!laidOut) {
      laidOut = layoutPart(members, part.edges)
      this.runs++
    }
    this.#used.set(key, laidOut)
    return laidOut
  }
}

/** Parts in rows; but the card of the frame itself, if nothing links it to what is inside, stands to the left of all that. */
function arrange(
  parts: readonly PartLayout[],
  frame: string | undefined,
): { places: readonly Point[]; size: Size } {
  const [own, ...others] = parts
  const isOwn = frame !== undefined && own?.places.size === 1 && own.places.has(asCard(frame))
  if (!own || !isOwn || others.length === 0)
    return pack(
      parts.map((part) => part.size),
      PART_GAP,
    )
  const { places, size } = pack(
    others.map((part) => part.size),
    PART_GAP,
  )
  const beside = { x: own.size.width + OWN_GAP, y: 0 }
  return {
    places: [{ x: 0, y: 0 }, ...places.map((place) => plus(place, beside))],
    size: {
      width: beside.x + size.width,
      height: Math.max(own.size.height, size.height),
    },
  }
}

/** The frames around a component, the innermost first, and then `undefined`, which is around all. */
function framesAround(name: string, { parents, frames }: Structure): (string | undefined)[] {
  const around: (string | undefined)[] = frames.has(name) ? [name] : []
  for (let up = parents.get(name); up !== undefined; up = parents.get(up)) around.push(up)
  return [...around, undefined]
}

function membersByLevel(structure: Structure): Map<string | undefined, string[]> {
  const members = new Map<string | undefined, string[]>()
  const add = (level: string | undefined, member: string): void => {
    const those = members.get(level)
    if (those) those.push(member)
    else members.set(level, [member])
  }
  const names = new Set([...structure.cards.keys(), ...structure.frames])
  for (const name of names) {
    const [own, ...outer] = framesAround(name, structure)
    if (structure.cards.has(name)) add(own, asCard(name))
    if (structure.frames.has(name)) add(outer[0], asFrame(name))
  }
  return members
}

/** Each wire belongs to the innermost frame that is around both its ends. */
function edgesByLevel(structure: Structure): Map<string | undefined, PartEdge[]> {
  const edges = new Map<string | undefined, PartEdge[]>()
  for (const { id, from, to } of structure.wires) {
    const above = framesAround(from.component, structure)
    const below = framesAround(to.component, structure)
    const level = above.find((frame) => below.includes(frame))
    const memberOf = (name: string, around: (string | undefined)[]): string => {
      const inner = around[around.indexOf(level) - 1]
      return inner === undefined ? asCard(name) : asFrame(inner)
    }
    const edge = { id, from: memberOf(from.component, above), to: memberOf(to.component, below) }
    const those = edges.get(level)
    if (those) those.push(edge)
    else edges.set(level, [edge])
  }
  return edges
}

function innermostFirst(structure: Structure): (string | undefined)[] {
  const depth = (name: string): number => framesAround(name, structure).length
  return [...[...structure.frames].sort((a, b) => depth(b) - depth(a)), undefined]
}

/** Converts positions within frames to absolute positions. */
function assemble(
  structure: Structure,
  levels: ReadonlyMap<string | undefined, Level>,
  sizes: ReadonlyMap<string, Size>,
): Layout {
  const cards = new Map<string, Box>()
  const frames = new Map<string, Box>()
  const bends = new Map<string, readonly Point[]>()
  const lanes = new Map<string, number>()
  const put = (frame: string | undefined, at: Point): void => {
    const level = levels.get(frame)
    if (!level) return
    for (const { name, place } of level.members) {
      const corner = plus(place, at)
      const size = sizes.get(name) as Size
      const component = name.slice(name.indexOf(' ') + 1)
      if (name.startsWith('card'))
        cards.set(component, { ...corner, ...size, height: size.height - NOTES_HEIGHT })
      else {
        frames.set(component, { ...corner, ...size })
        put(component, plus(corner, { x: FRAME_SIDE, y: FRAME_TITLE }))
      }
    }
    for (const [id, points] of level.bends)
      bends.set(
        id,
        points.map((point) => plus(point, at)),
      )
    for (const [id, y] of level.lanes) lanes.set(id, y + at.y)
  }
  put(undefined, { x: 0, y: 0 })
  const routes = new Map<string, Route>()
  const targets = new Map<string, number>()
  const target = ({ to }: Wire): string => `${to.component}.${to.box}`
  for (const wire of structure.wires)
    targets.set(target(wire), (targets.get(target(wire)) ?? 0) + 1)
  for (const wire of structure.wires) {
    const { id } = wire
    const meets = (targets.get(target(wire)) ?? 0) > 1
    const route = routeOf(wire, structure.cards, cards, bends.get(id), lanes.get(id), meets)
    if (route) routes.set(wire.id, route)
  }
  return { size: levels.get(undefined)?.size ?? { width: 0, height: 0 }, cards, frames, routes }
}

function plus(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y }
}
