import { type Box, type Component, UdpngError } from '@udpng/core'
import type { AnyInbox, AnyOutbox } from './fits.js'

/** An outbox of a part that is linked to a box of the graph, and that linkage. */
interface Exit {
  readonly box: AnyOutbox
  readonly label: string
}

/** Collects the boxes that linkages give a graph, by name, and refuses invalid ones. */
export class OwnBoxes {
  readonly #graph: Component
  /** The linkage of each box that is an inbox. */
  readonly #entries = new Map<string, string>()
  readonly #exits = new Map<string, Exit[]>()
  /** The boxes that the graph exposes, except those that several outboxes feed. */
  readonly boxes: Record<string, Box> = Object.create(null)

  constructor(graph: Component) {
    this.#graph = graph
  }

  /** The boxes that several outboxes lead to. */
  get shared(): { readonly name: string; readonly exits: readonly Exit[] }[] {
    return Array.from(this.#exits, ([name, exits]) => ({ name, exits })).filter(
      ({ exits }) => exits.length > 1,
    )
  }

  /**
   * Exposes the inbox of a part as a box of the graph. All inboxes come before the first outbox.
   *
   * @throws {UdpngError} `BAD_LINK` for a name that this inbox cannot have
   */
  enter(name: string, box: AnyInbox, label: string): void {
    this.#demandFree(name, label)
    this.#entries.set(name, label)
    this.boxes[name] = box
  }

  /**
   * Exposes the outbox of a part as a box of the graph. Several may have one name, except `signal`.
   *
   * @throws {UdpngError} `BAD_LINK` for a name that this outbox cannot have
   */
  leave(name: string, box: AnyOutbox, label: string): void {
    if (name !== 'signal') this.#demandFree(name, label)
    const entry = this.#entries.get(name)
    if (entry)
      throw new UdpngError(
        'BAD_LINK',
        `${label}: self.${name} is an inbox by ${entry}; choose another name for one of the two`,
      )
    const exits = this.#exits.get(name) ?? []
    const [other] = exits
    if (other && name === 'signal')
      throw new UdpngError(
        'BAD_LINK',
        `${label}: ${other.label} leads to self.signal already; leave out one of them, or both: then the graph sends one signal when all parts have ended`,
      )
    this.#exits.set(name, [...exits, { box, label }])
    this.boxes[name] = box
  }

  #demandFree(name: string, label: string): void {
    if (name in this.#graph)
      throw new UdpngError(
        'BAD_LINK',
        `${label}: every graph has a ${name} of its own; choose another name`,
      )
  }
}
