import type { Option } from './check.js'
import type { ErrorCode, UdpngError } from './errors.js'
import { oneOf } from './kinds.js'

/**
 * The kind of messages in a box: `data`, which accounts count; `report` about data, such as an error, which may stay unread;
 * `control` messages; or `internal` notices of a component to itself.
 */
export type Role = 'data' | 'report' | 'control' | 'internal'

/** The interface of a component for its boxes. */
export interface Owner {
  readonly name: string
  /** Something happened to the box. */
  wake(): void
  /** An error that no inbox is linked for. */
  report(code: ErrorCode, make: () => UdpngError): void
}

/** @internal The option of inboxes and outboxes. */
export const ROLE: Option = {
  kind: oneOf,
  values: ['data', 'report', 'control', 'internal'],
}

/** The base class of inboxes and outboxes: a description, and an owner from activation on. */
export abstract class Box {
  /** A description of the messages, for readers and for the snapshot. */
  declare readonly doc: string
  /** The kind of the messages, for accounts. */
  declare readonly role: Role
  /** @internal The owner: woken when something happens to the box. */ owner: Owner | undefined
  /** @internal The field of its component that holds it. */
  field: string | undefined
  /** @internal Its component has ended: no link can be made any more. */
  dead = false

  constructor(doc: string, role: Role = 'data') {
    this.doc = doc
    this.role = role
  }

  /** Its name in error messages: `PARSE.inbox`; before activation its `doc` in quotes. */
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
