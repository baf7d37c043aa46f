import type { Option } from './check.js'
import type { UdpngError } from './errors.js'
import { oneOf } from './kinds.js'

/**
 * What the messages of a box are: `data`, which accounts count; a `report` about data, such as an error, which may go
 * unread; `control` messages; or `internal` notices of a component to itself.
 */
export type Role = 'data' | 'report' | 'control' | 'internal'

/** The interface of a component for its boxes. */
export interface Owner {
  readonly name: string
  /** Something happened to the box. */
  wake(): void
  /** Emits a warning, the first time for this part and code. */
  warn(error: UdpngError): void
}

/** @internal The option of inboxes and outboxes. */
export const ROLE: Option = {
  kind: oneOf,
  values: ['data', 'report', 'control', 'internal'],
}

/** Base class of inboxes and outboxes: a description and, once activated, an owner. */
export abstract class Box {
  /** A description of the messages, for readers and for the snapshot. */
  declare readonly doc: string
  /** The kind of the messages, for accounts. */
  declare readonly role: Role
  /** @internal Who is woken when something happens to it. */ owner: Owner | undefined
  /** @internal The field of its component that holds it. */
  field: string | undefined
  /** @internal Its component has ended: no link can be made any more. */
  dead = false

  constructor(doc: string, role: Role = 'data') {
    this.doc = doc
    this.role = role
  }

  /** What messages call it: `PARSE.inbox`, or its `doc` while no active component owns it. */
  get name(): string {
    return this.owner ? `${this.owner.name}.${this.field}` : `"${this.doc}"`
  }

  /** @internal Where an error happened. */
  get place(): { component: string | undefined; box: string | undefined } {
    return { component: this.owner?.name, box: this.field }
  }

  /** @internal Its component has ended. */
  abstract cut(): void
}
