import type { Box } from './box.js'
import { Component } from './component.js'
import { quietly } from './errors.js'
import { Inbox } from './inbox.js'
import { Outbox } from './outbox.js'
import type { Scheduler } from './scheduler.js'

/** Returns the living components of a scheduler, including services, in activation order. For tools that inspect a running program. */
export function componentsOf(scheduler: Scheduler): Component[] {
  return Array.from(scheduler.living, ({ component }) => component as Component)
}

/** The state of a component and its parent. */
export interface Status {
  /** Number of its activation; 0 before. */
  readonly id: number
  /** Its label in accounts, after those of the enclosing named components: the same for the children of all clients of a `Sessions`. */
  readonly group: string
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting' | 'new' | 'ended'
  /** Name of the component that activated it as a child. */
  readonly parent: string | undefined
  /** Whether tools hide it by default: a service, or what only connects others. */
  readonly plumbing: boolean
}

const STATES = ['ready', 'paused', 'waiting', 'new', 'ended'] as const

/** Returns the state of a component and the name of its parent; undefined for a value that is not a component. */
export function statusOf(component: Component): Status | undefined {
  const process = Component.recordOf(component)
  if (!process) return undefined
  const { id, groupPath: group, state, parent, isPlumbing: plumbing } = process
  return { id, group, state: STATES[state], parent: parent?.name, plumbing }
}

/** Returns the boxes that a component owns, including protected ones, by field name. */
export function boxesOf(component: Component): Map<string, Inbox<unknown> | Outbox<unknown>> {
  const boxes = Component.recordOf(component)?.boxes() ?? []
  return new Map(
    boxes.filter((entry): entry is [string, Inbox<unknown>] => isInboxOrOutbox(entry[1])),
  )
}

function isInboxOrOutbox(box: Box): box is Inbox<unknown> | Outbox<unknown> {
  return box instanceof Inbox || box instanceof Outbox
}

/** Returns the inbox that an outbox feeds; undefined if it is not linked. */
export function destinationOf<T>(outbox: Outbox<T>): Inbox<T> | undefined {
  return outbox.to
}

/** A wrapper around a method of one box. */
interface Tap<T> {
  (message: T): boolean
  /** The method, or another tap of it. */
  readonly before: (message: T) => boolean
  undone: boolean
}

/**
 * Calls `listener` with each message before an inbox gets it, or before an outbox, linked or not, sends it. It is the same
 * object, so do not change it. A listener that throws affects nothing else. A box without a tap has no extra cost.
 *
 * @returns removes the tap
 */
export function tap<T>(box: Inbox<T> | Outbox<T>, listener: (message: T) => void): () => void {
  // A method of this one object, in front of that of its class: so all other boxes stay as fast as they are.
  const method = box instanceof Inbox ? 'deliver' : 'send'
  const methods = box as unknown as Record<typeof method, Tap<T>>
  const before = methods[method]
  const added: Tap<T> = Object.assign(
    (message: T) => {
      if (!added.undone) quietly(() => listener(message))
      return before.call(box, message)
    },
    { before, undone: false },
  )
  methods[method] = added
  return () => {
    added.undone = true
    // One under another goes when that one goes.
    for (let top = methods[method]; top.undone; top = methods[method]) {
      delete (methods as Partial<typeof methods>)[method]
      if (methods[method] !== top.before) methods[method] = top.before as Tap<T>
    }
  }
}
