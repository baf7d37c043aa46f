import { Box, type Component, Inbox, Outbox, UdpngError } from '@udpng/core'
import { hint, show } from '@udpng/core/options'
import type { AnyInbox, AnyOutbox } from './fits.js'
import type { Parts } from './linkages.js'

/** A box, and the part that exposes it. */
export interface Port<B extends Box> {
  readonly part: Component
  readonly box: B
}

/** The boxes of all parts by the names that linkages use: `UDP.inbox`. */
export class Ports {
  readonly #ports = new Map<string, Port<Box>>()

  /**
   * @throws {UdpngError} `BAD_OPTION` for an invalid name of a part
   */
  constructor(parts: Parts) {
    for (const [name, part] of Object.entries(parts)) {
      if (name === 'self' || name.includes('.'))
        throw new UdpngError(
          'BAD_OPTION',
          `cannot create Graphline: no part can be called ${show(name)}; ${name === 'self' ? 'self is the graph' : `a dot ends the name of a part in linkages such as "${name}.outbox"`}; choose another name`,
        )
      for (const field of Object.getOwnPropertyNames(part)) {
        const box: unknown = Reflect.get(part, field)
        if (box instanceof Box) this.#ports.set(`${name}.${field}`, { part, box })
      }
    }
  }

  /**
   * Finds the inbox that a linkage names.
   *
   * @throws {UdpngError} `BAD_LINK`, with the existing ones, if there is none
   */
  inbox(name: string, linkage: string): Port<AnyInbox> {
    return this.#find(name, linkage, 'inbox', Inbox)
  }

  /**
   * Finds the outbox that a linkage names.
   *
   * @throws {UdpngError} `BAD_LINK`, with the existing ones, if there is none
   */
  outbox(name: string, linkage: string): Port<AnyOutbox> {
    return this.#find(name, linkage, 'outbox', Outbox)
  }

  #find<B extends Box>(
    name: string,
    linkage: string,
    kind: string,
    type: new (doc: string) => B,
  ): Port<B> {
    const found = this.#ports.get(name)
    if (found && found.box instanceof type) return { part: found.part, box: found.box }
    // Notices of a component to itself are protected and cannot be linked.
    const all = [...this.#ports]
      .filter(([, { box }]) => box instanceof type && box.role !== 'internal')
      .map(([port]) => port)
    const part = `${name}`.replace(/\..*/s, '.')
    const near = all.filter((port) => port.startsWith(part))
    throw new UdpngError(
      'BAD_LINK',
      `cannot make ${linkage}: there is no ${kind} ${name}; ${hint(`${name}`, near.length > 0 ? near : all, 'there are')}`,
    )
  }
}
