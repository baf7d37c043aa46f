import { type Box, type Component, Inbox, Outbox, UdpngError } from '@udpng/core'
import { hint, show } from '@udpng/core/options'
import type { AnyInbox, AnyOutbox } from './fits.js'
import type { Parts } from './linkages.js'

/** A box, and the part that exposes it. */
export interface Port<B extends Box> {
  readonly part: Component
  readonly box: B
}

/** A field of a part. */
interface Field {
  readonly part: Component
  readonly value: unknown
}

/** The boxes of all parts by the names that linkages use: `UDP.inbox`. */
export class Ports {
  /** The fields of all parts: boxes, and others. */
  readonly #fields = new Map<string, Field>()

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
      for (const field of Object.getOwnPropertyNames(part))
        this.#fields.set(`${name}.${field}`, { part, value: Reflect.get(part, field) })
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
    const found = this.#fields.get(name)
    if (found && found.value instanceof type) return { part: found.part, box: found.value }
    // Notices of a component to itself are protected and cannot be linked.
    const all = [...this.#fields]
      .filter(([, { value }]) => value instanceof type && value.role !== 'internal')
      .map(([port]) => port)
    const part = `${name}`.replace(/\..*/s, '.')
    const near = all.filter((port) => port.startsWith(part))
    throw new UdpngError(
      'BAD_LINK',
      `cannot make ${linkage}: there is no ${kind} ${name}; ${hint(`${name}`, near.length > 0 ? near : all, 'there are')}`,
    )
  }
}
