import type { Role } from './box.js'
import { Inbox, type WhenFull } from './inbox.js'
import type { Microprocess } from './microprocess.js'
import { Outbox } from './outbox.js'

/** The state of an inbox. */
export interface InboxSnapshot {
  readonly doc: string
  /** What the messages are: only those of `data` count in accounts. */
  readonly role: Role
  readonly length: number
  /** Messages; `Infinity` if unbounded (`null` in JSON). */
  readonly capacity: number
  readonly whenFull: WhenFull
  readonly delivered: number
  readonly taken: number
  readonly dropped: number
}

/** The state of an outbox. */
export interface OutboxSnapshot {
  readonly doc: string
  readonly role: Role
  readonly sent: number
  readonly discarded: number
}

/** The state of a component. */
export interface ComponentSnapshot {
  /** Number of its activation: unique in the scheduler, and increasing. */
  readonly id: number
  /** Full name: unique among the living components. */
  readonly name: string
  /** Its label in accounts, after those of the enclosing named components: the same for the children of all clients of a `Sessions`. */
  readonly group: string
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting'
  readonly parent: string | undefined
  /** Whether tools hide it by default: a service, or what only connects others. */
  readonly plumbing: boolean
  readonly inboxes: Readonly<Record<string, InboxSnapshot>>
  readonly outboxes: Readonly<Record<string, OutboxSnapshot>>
}

/** The living components of a scheduler and their links at one moment, as plain data. */
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
      const { doc, role } = box
      if (box instanceof Inbox) {
        const { length, capacity, whenFull, delivered, taken, dropped } = box
        inboxes[field] = { doc, role, length, capacity, whenFull, delivered, taken, dropped }
      } else if (box instanceof Outbox) {
        const { name, to, sent, discarded } = box
        outboxes[field] = { doc, role, sent, discarded }
        if (to) links.push({ from: name, to: to.name })
      }
    }
    return {
      id: process.id,
      name: process.name,
      group: process.groupPath,
      state: STATES[process.state as 0 | 1 | 2],
      parent: process.parent?.name,
      plumbing: process.isPlumbing,
      inboxes,
      outboxes,
    }
  })
  return { components, links }
}
