import { type Box, type Component, UdpngError } from '@udpng/core'
import type { Recipient } from './composite.js'
import type { AnyInbox, AnyOutbox } from './fits.js'
import { Junction } from './junction.js'
import type { Join } from './link-all.js'
import { OwnBoxes } from './own-boxes.js'
import type { Port, Ports } from './ports.js'

/** Linkages as a program wrote them: a list where an outbox leads to several inboxes. */
export type LinkageTable = Readonly<Record<string, string | readonly string[]>>

/** A way from a part to an inbox of a part. */
export interface PartLink {
  readonly from: Component
  readonly to: Box
}

/** One destination of an outbox: an inbox of a part, or a box of the graph. */
interface Destination {
  readonly label: string
  readonly target: AnyInbox | string
}

/** An outbox of a part, and where it leads. */
interface Outlet {
  /** As linkages call it: `UDP.outbox`. */
  readonly name: string
  readonly label: string
  readonly source: Port<AnyOutbox>
  readonly destinations: readonly Destination[]
}

/** What linkages ask for: which links to make, with which junctions, and which boxes the graph has. Nothing is linked yet. */
export class Wiring {
  readonly joins: Join[] = []
  /** By name: `UDP.outbox` behind an outbox that leads to several inboxes, `self.outbox` where several outboxes lead. */
  readonly junctions: Map<string, Junction> = new Map()
  /** The links between parts that still are. */
  readonly partLinks: Set<PartLink> = new Set()
  /** The destination of `self.control`. */
  control: Recipient | undefined
  readonly #ports: Ports
  readonly #own: OwnBoxes

  /**
   * @throws {UdpngError} `BAD_LINK` for a part or a box that is not there, and for a box of the graph that cannot be
   */
  constructor(graph: Component, ports: Ports, linkages: LinkageTable) {
    this.#ports = ports
    this.#own = new OwnBoxes(graph)
    const outlets: Outlet[] = []
    for (const [from, to] of Object.entries(linkages)) {
      const inward = ownName(from)
      if (inward) this.#enter(inward, from, [to].flat())
      else outlets.push(this.#outlet(from, [to].flat()))
    }
    for (const outlet of outlets) this.#connect(outlet)
    for (const { name, exits } of this.#own.shared) {
      const junction = new Junction(exits.map(({ box }) => box))
      this.junctions.set(`self.${name}`, junction)
      for (const { box, label } of exits) this.#enterJunction(junction, label, box)
      this.#own.boxes[name] = junction.outboxes[0] as AnyOutbox
    }
  }

  /** The boxes that the graph shows. */
  get boxes(): Readonly<Record<string, Box>> {
    return this.#own.boxes
  }

  #enter(name: string, from: string, to: readonly string[]): void {
    const label = labelOf(from, to)
    const [target, other] = to
    if (target === undefined || other !== undefined)
      throw new UdpngError('BAD_LINK', `${label}: ${from} is one inbox; lead it to one inbox`)
    const port = this.#ports.inbox(target, label)
    if (name === 'control') this.control = port
    else this.#own.enter(name, port.box, label)
  }

  #outlet(name: string, to: readonly string[]): Outlet {
    const label = labelOf(name, to)
    const source = this.#ports.outbox(name, label)
    const destinations = to.map((port, i): Destination => {
      const label = labelOf(name, [port])
      if (to.indexOf(port) < i)
        throw new UdpngError('BAD_LINK', `${label}: ${port} is in the list twice; leave one out`)
      return { label, target: ownName(port) ?? this.#ports.inbox(port, label).box }
    })
    return { name, label, source, destinations }
  }

  /** Leads an outbox to the destinations of an outlet, through a junction if there are several. */
  #connect({ name, label, source, destinations }: Outlet): void {
    let outboxes: readonly AnyOutbox[] = [source.box]
    if (destinations.length > 1) {
      const junction = new Junction([source.box], destinations.length)
      this.junctions.set(name, junction)
      this.#enterJunction(junction, label, source.box)
      outboxes = junction.outboxes
    }
    destinations.forEach(({ label, target }, i) => {
      const from = outboxes[i] as AnyOutbox
      if (typeof target === 'string') this.#own.leave(target, from, label)
      else this.#link(source.part, { label, from, to: target })
    })
  }

  #link(from: Component, join: Join): void {
    const partLink = { from, to: join.to }
    this.partLinks.add(partLink)
    this.joins.push({ ...join, onCut: () => void this.partLinks.delete(partLink) })
  }

  #enterJunction(junction: Junction, label: string, from: AnyOutbox): void {
    this.joins.push({ label, from, to: junction.inbox, onCut: () => junction.sourceEnded() })
  }
}

/** The box of the graph that a linkage names: `aim` of `self.aim`; undefined when it names a part's. */
function ownName(port: string): string | undefined {
  return /^self\.(.+)/s.exec(port)?.[1]
}

function labelOf(from: string, to: readonly string[]): string {
  return `linkage "${from}": "${to.join('", "')}"`
}
