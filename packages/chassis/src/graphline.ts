import type { Box, Component } from '@udpng/core'
import { type Composed, Composite, type Recipient } from './composite.js'
import { Junction } from './junction.js'
import { type Join, linkAll } from './link-all.js'
import type { Checked, Completed, Named, OwnBoxTypes, Parts } from './linkages.js'
import { OwnBoxes } from './own-boxes.js'
import { Ports } from './ports.js'

/** The type of `new Graphline(...)`: a component with the boxes that linkages to and from `self` give it. */
export type Graphline<P, L> = Composed & OwnBoxTypes<P, L>

/**
 * Runs components as one component, a graph: messages from a part's outbox go to the inbox that the
 * linkages name, and nowhere else.
 *
 * A linkage is `"Part.outbox": "Part.inbox"`. A linkage with `self` gives the graph a box of its own, which is
 * the same object as the part's box: `"self.aim": "UDP.target"` makes `graph.aim` that inbox, `"UDP.outbox": "self.outbox"`
 * makes `graph.outbox` that outbox. Several outboxes linked to one `self.x` become one outbox. An outbox without a linkage
 * discards its messages and counts them. A full inbox applies backpressure to all its senders.
 *
 * The parts start when the graph starts, in the listed order; do not start them yourself. The graph ends when all of
 * them have ended. Messages in its `control` go to the part linked to `self.control`, and after the end of that part
 * to every living part. Without such a linkage they go to every living part whose own `control` no living part
 * feeds, and to one part of each ring of parts that feed only each other. Its `signal` is that of the part linked to `self.signal`.
 * Without such a linkage it sends one message when all parts have ended: the `shutdownMicroprocess` that it passed to its
 * parts, otherwise `producerFinished`.
 *
 * @example
 * await new Graphline(
 *   { SOURCE: new DataSource(['hello']), SELECT: new DestinationSelector(), UDP: new TargettedPeer() },
 *   { 'SOURCE.outbox': 'UDP.inbox', 'SELECT.outbox': 'UDP.target' },
 * ).run()
 *
 * @see Kamaelia.Chassis.Graphline
 */
export const Graphline: {
  /**
   * Links the parts; starts nothing.
   *
   * @param parts - components by their names in linkages; a name is not `self`, and has no dot
   * @param linkages - pairs `"Part.outbox": "Part.inbox"` (default: none)
   * @throws {UdpngError} `BAD_OPTION` for a part that is not a component, is given twice or has an invalid name;
   *   `BAD_LINK` for a part or a box that does not exist, and for an invalid box of the graph;
   *   `BOX_ALREADY_LINKED` if an outbox already feeds an inbox. Then no link is left behind.
   */
  new <P extends Named<P>, const L extends Checked<P, L> = Record<never, never>>(
    parts: P,
    linkages?: Completed<P, L>,
  ): Graphline<P, L>
} = class extends Composite {
  /** The destination of `self.control`. */
  readonly #wired: Recipient | undefined
  /** The links between parts that are not cut. */
  readonly #links = new Set<PartLink>()

  constructor(parts: Parts, linkages: Readonly<Record<string, string>> = {}) {
    super(
      Object.entries(parts).map(([name, part]) => ({
        part,
        label: `part ${name}`,
        name,
        group: name,
      })),
    )
    const ports = new Ports(parts)
    const joins: Join[] = []
    const own = new OwnBoxes(this)
    for (const [from, to] of Object.entries(linkages)) {
      const label = `linkage "${from}": "${to}"`
      const inward = ownName(from)
      const outward = ownName(to)
      if (inward === 'control') this.#wired = ports.inbox(to, label)
      else if (inward) own.enter(inward, ports.inbox(to, label).box, label)
      else if (outward) own.leave(outward, ports.outbox(from, label).box, label)
      else {
        const source = ports.outbox(from, label)
        const fed = ports.inbox(to, label)
        const partLink = { from: source.part, to: fed.box }
        this.#links.add(partLink)
        const onCut = (): void => void this.#links.delete(partLink)
        joins.push({ label, from: source.box, to: fed.box, onCut })
      }
    }
    for (const { name, exits } of own.shared) {
      const junction = new Junction(exits.map(({ box }) => box))
      this.addJunction(`self.${name}`, junction)
      for (const { box, label } of exits) joins.push({ label, from: box, to: junction.inbox })
      own.boxes[name] = junction.outbox
    }
    linkAll(joins)
    this.share(own.boxes)
  }

  protected override recipients(living: readonly Component[]): readonly Recipient[] {
    const wired = this.#wired
    if (wired && !wired.part.ended) return [wired]
    const parts = wired ? living : this.#firstToKnow(living)
    return parts.map((part) => ({ part, box: part.control }))
  }

  /** The parts whose `control` no other part feeds, and one of each ring of parts that feed only each other. */
  #firstToKnow(living: readonly Component[]): readonly Component[] {
    const links = [...this.#links]
    const first = living.filter((part) => !links.some(({ to }) => to === part.control))
    const reached = new Set(first)
    const follow = (): void => {
      for (const part of reached)
        for (const { from, to } of links)
          if (from === part) for (const next of living) if (next.control === to) reached.add(next)
    }
    follow()
    for (const part of living) {
      if (reached.has(part)) continue
      first.push(part)
      reached.add(part)
      follow()
    }
    return first
  }
} as unknown as typeof Graphline

/** A link between two parts. */
interface PartLink {
  readonly from: Component
  readonly to: Box
}

/** The box of the graph that a linkage names: `aim` of `self.aim`; undefined when it names a part's. */
function ownName(port: string): string | undefined {
  return /^self\.(.+)/s.exec(port)?.[1]
}
