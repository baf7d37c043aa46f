import type { Microprocess } from './microprocess.js'

/** What inboxes and outboxes have in common: a meaning and, once activated, an owner. */
export abstract class Box {
  /** What the messages mean, for readers and for the snapshot. */
  declare readonly doc: string
  /** @internal Who is woken when something happens to it. */ owner: Microprocess | undefined
  /** @internal The field of its component that holds it. */
  field: string | undefined
  /** @internal Its component has ended: no link can be made any more. */
  dead = false

  constructor(doc: string) {
    this.doc = doc
  }

  /** What messages call it: `SimplePeer#3.inbox`, or its `doc` while no active component owns it. */
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
