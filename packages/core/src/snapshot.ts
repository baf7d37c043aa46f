import { Component } from './component.js'
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
  readonly name: string
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
  /** Boxes by name: `Component#1.outbox`. */
  readonly links: readonly { readonly from: string; readonly to: string }[]
}

/** READY, PAUSED, SUSPENDED. */
const STATES = ['ready', 'paused', 'waiting'] as const
const OUTBOX_KEYS = ['doc', 'sent', 'discarded'] as const
const INBOX_KEYS = [
  'doc',
  'length',
  'capacity',
  'whenFull',
  'delivered',
  'taken',
  'dropped',
] as const

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}

/** @internal */
export function takeSnapshot(processes: readonly Microprocess[]): Snapshot {
  const links: { from: string; to: string }[] = []
  const components = processes.map((process): ComponentSnapshot => {
    const inboxes: Record<string, InboxSnapshot> = {}
    const outboxes: Record<string, OutboxSnapshot> = {}
    for (const [field, box] of Component.boxesOf(process))
      if (box instanceof Inbox) inboxes[field] = pick(box, INBOX_KEYS)
      else if (box instanceof Outbox) {
        outboxes[field] = pick(box, OUTBOX_KEYS)
        if (box.to) links.push({ from: box.name, to: box.to.name })
      }
    return {
      name: process.name,
      state: STATES[process.state as 0 | 1 | 2],
      parent: process.parent?.name,
      service: process.isService === true,
      inboxes,
      outboxes,
    }
  })
  return { components, links }
}
