import type { Component } from '@udpng/core'
import { type Composed, Composite, type Recipient } from './composite.js'
import { linkAll } from './link-all.js'
import type { Checked, Completed, Named, OwnBoxTypes, Parts } from './linkages.js'
import { Ports } from './ports.js'
import { type LinkageTable, type PartLink, Wiring } from './wiring.js'

/** The type of `new Graphline(...)`: a component with the boxes that linkages to and from `self` give it. */
export type Graphline<P, L> = Composed & OwnBoxTypes<P, L>

/**
 * Runs components as one component, a graph: messages from a part's outbox go to the inbox that the
 * linkages name, and nowhere else.
 *
 * A linkage is `"Part.outbox": "Part.inbox"`. One that names `self` gives the graph a box of its own, which is
 * the part's box itself: `"self.aim": "UDP.target"` makes `graph.aim` that inbox, `"UDP.outbox": "self.outbox"`
 * makes `graph.outbox` that outbox. Several outboxes may lead to one box of the graph, and a list leads an outbox to several inboxes
 * (`"UDP.outbox": ["PARSE.inbox", "LOG.inbox"]`): each gets every message, the same object, and the slowest sets the pace; the
 * `signal` of a part comes after its last message. An outbox that no linkage names leads nowhere: what it sends is discarded
 * and counted. A full inbox applies backpressure to all its senders.
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
  readonly #control: Recipient | undefined
  /** The links between parts that still are. */
  readonly #partLinks: ReadonlySet<PartLink>

  constructor(parts: Parts, linkages: LinkageTable = {}) {
    super(
      Object.entries(parts).map(([name, part]) => ({
        part,
        label: `part ${name}`,
        name,
        group: name,
      })),
    )
    const { junctions, joins, boxes, control, partLinks } = new Wiring(
      this,
      new Ports(parts),
      linkages,
    )
    this.#control = control
    this.#partLinks = partLinks
    for (const [name, junction] of junctions) this.addJunction(name, junction)
    linkAll(joins)
    this.share(boxes)
    this.reserveParts()
  }

  protected override recipients(living: readonly Component[]): readonly Recipient[] {
    const control = this.#control
    if (control && !control.part.ended) return [control]
    const parts = control ? living : this.#firstToKnow(living)
    return parts.map((part) => ({ part, box: part.control }))
  }

  /** The parts whose `control` no other part feeds, and one of each ring of parts that feed only each other. */
  #firstToKnow(living: readonly Component[]): readonly Component[] {
    // The link of a part that has ended may still lead from a junction.
    const links = [...this.#partLinks].filter(({ from }) => !from.ended)
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
