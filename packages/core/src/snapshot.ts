import { Inbox, type WhenFull } from './inbox.js'
import type { Microprocess } from './microprocess.js'
import { Outbox } from './outbox.js'

/** One inbox, as it was. */
export interface InboxSnapshot {
  readonly doc: string
  readonly length: number
  /** Messages; `Infinity` when unbounded (JSON makes it `null`). */
  readonly capacity: number
  readonly whenFull: WhenFull
  readonly delivered: number
  readonly taken: number
  readonly dropped: number
}

/** One outbox, as it was. */
export interface OutboxSnapshot {
  readonly doc: string
  readonly sent: number
  readonly discarded: number
}

/** One component, as it was. */
export interface ComponentSnapshot {
  /** Number of its activation: unique in the scheduler, and growing. */
  readonly id: number
  /** Full name: unique among those that live. */
  readonly name: string
  /** What accounts call it, after the named components around it: the same for the children of all clients of a `Sessions`. */
  readonly group: string
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting'
  readonly parent: string | undefined
  readonly service: boolean
  readonly inboxes: Readonly<Record<string, InboxSnapshot>>
  readonly outboxes: Readonly<Record<string, OutboxSnapshot>>
}

/** What lived in a scheduler at one moment, as plain data. */
export interface Snapshot {
  readonly components: readonly ComponentSnapshot[]
  /** Boxes by name: `PARSE.outbox`. */
  readonly links: readonly { readonly from: string; readonly to: string }[]
}

/** READY, PAUSED, SUSPENDED. */
const STATES = ['ready', 'paused', 'waiting'] as const

/** @internal */
export function takeSnapshot(processes: Iterable<Microprocess>): Snapshot {
  const links: { from: string; to: string }[] = []
  const components = Array.from(processes, (process): ComponentSnapshot => {
    const inboxes: Record<string, InboxSnapshot> = {}
    const outboxes: Record<string, OutboxSnapshot> = {}
    for (const [field, box] of process.boxes()) {
      const { doc } = box
      if (box instanceof Inbox) {
        const { length, capacity, whenFull, delivered, taken, dropped } = box
        inboxes[field] = { doc, length, capacity, whenFull, delivered, taken, dropped }
      } else if (box instanceof Outbox) {
        const { name, to, sent, discarded } = box
        outboxes[field] = { doc, sent, discarded }
        if (to) links.push({ from: name, to: to.name })
      }
    }
    return {
      id: process.id,
      name: process.name,
      group: process.groupPath,
      state: STATES[process.state as 0 | 1 | 2],
      parent: process.parent?.name,
      service: process.isService,
      inboxes,
      outboxes,
    }
  })
  return { components, links }
}
