import { Component } from './component.js'
import { add, addPart, type BoxFigures, type Figures, figuresOf } from './figures.js'
import type { Microprocess } from './microprocess.js'
import type { Scheduler } from './scheduler.js'

/** A number that may not be known exactly. Where it is, all three are equal. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
  /** The best estimate. */
  readonly about: number
}

/** What a component itself knows of the messages that went through it; what is left out is 0. */
export interface Counts {
  /** Taken from another component without an inbox, and given to another one without an outbox. */
  readonly in?: number
  readonly out?: number
  /** Came into being here: received from the network, read, generated, or copied. */
  readonly entered?: number
  /** Ended here as intended: sent to the network, written, used. */
  readonly consumed?: number
  /** Taken from an inbox and still in hand. */
  readonly waiting?: number
  /** Dropped, by reason; what boxes drop is not among them. */
  readonly dropped?: Readonly<Record<string, number>>
  /** Of those that entered, datagrams received from the network; of those consumed, datagrams sent to it. */
  readonly received?: number
  readonly sent?: number
  /** Datagrams that the kernel dropped before the component could read them. */
  readonly kernelDrops?: Bounds | undefined
  /** Of those consumed, datagrams that the network reported undeliverable: a lower bound. */
  readonly refused?: number | undefined
  /** Whether all losses are counted here (default true): false where the system does not report them. */
  readonly complete?: boolean
}

/**
 * What became of the messages of a component and of all that it started, those that have ended included. At every moment
 * between two steps: `in + entered = out + consumed + waiting + dropped + unaccounted`. Messages of `control` and `signal`
 * boxes, and of boxes whose role is `internal`, are not counted.
 */
export interface Account {
  /** Messages delivered into inboxes. */
  readonly in: number
  /** Messages that came into being: received from the network, read, generated, or copied. */
  readonly entered: number
  /** Messages that outboxes put into an inbox. */
  readonly out: number
  /** Messages that ended as intended: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and in hand. */
  readonly waiting: number
  /**
   * Messages dropped, by reason. From boxes: `inboxFull`, `unread` (the component ended before it took them) and `unlinked`
   * (sent while no inbox was linked).
   */
  readonly dropped: Readonly<Record<string, number>>
  /** What does not add up: messages that a component took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Of those that entered, datagrams that peers received; of those consumed, datagrams that they sent. */
  readonly received: number
  readonly sent: number
  /** Datagrams that the kernel dropped, as far as it reports them; undefined when it reports none. */
  readonly kernelDrops: Bounds | undefined
  /** Of those consumed, datagrams that the network reported undeliverable: a lower bound; undefined where it is not known. */
  readonly refused: number | undefined
  /**
   * Whether all losses are counted. Not where the system does not report what it drops, nor for a component that passes
   * messages on without an override of `accounting`: it could drop one message and copy another.
   */
  readonly complete: boolean
  /** The same for each part, by its name: what a component started. */
  readonly parts: Readonly<Record<string, Account>>
}

/**
 * What became of the messages of a component and of all that it started, at this moment; or of all that was started on a
 * scheduler. After the end of a component it says what the end left.
 *
 * @example
 * const { dropped, unaccounted } = accountOf(graph)
 */
export function accountOf(system: Component | Scheduler): Account {
  const process = Component.recordOf(system)
  if (process) return total(figuresOf(process))
  const parts = Object.create(null)
  ;(system as Scheduler).snapshot((_, root) => addParts(parts, root))
  return total({ parts })
}

function addParts(parts: Record<string, Figures>, root: Microprocess): void {
  add(parts, root.past ?? {})
  for (const child of root.children ?? []) addPart(parts, child)
  for (const child of root.unsettled ?? []) addPart(parts, child)
}

/** What a component did itself, and the accounts of its parts added. */
function total(figures: Figures): Account {
  const sum = own(figures)
  const parts: Record<string, Account> = Object.create(null)
  for (const [name, part] of Object.entries(figures.parts ?? {})) {
    const account = total(part)
    parts[name] = account
    const { complete, parts: _, ...numbers } = account
    add(sum, { ...numbers, complete: sum.complete } as Sum)
    sum.complete &&= complete
  }
  return { ...sum, parts }
}

type Sum = { -readonly [Key in keyof Omit<Account, 'parts'>]: Account[Key] }

/** What a component did itself, seen from its boxes and from what it says. */
function own({ boxes = {}, counts = {}, incomplete = 0 }: Figures): Sum {
  const all = Object.values(boxes)
  const data = all.filter(({ role }) => role === 'data')
  const reports = all.filter(({ role }) => role === 'report')
  const unread = sum(all, 'unread')
  const byBoxes = {
    inboxFull: sum(all, 'dropped') - unread,
    unread,
    unlinked: sum(data, 'discarded'),
  }
  const dropped: Record<string, number> = Object.create(null)
  for (const reasons of [byBoxes, counts.dropped ?? {}])
    for (const [reason, count] of Object.entries(reasons))
      if (count) dropped[reason] = (dropped[reason] ?? 0) + count
  const taken = sum(all, 'delivered') + (counts.in ?? 0)
  const entered = sum(reports, 'sent') + (counts.entered ?? 0)
  const out = sum(all, 'sent') + (counts.out ?? 0)
  const waiting = sum(all, 'length') + (counts.waiting ?? 0)
  const { consumed = 0, received = 0, sent = 0, kernelDrops, refused } = counts
  const lost = Object.values(dropped).reduce((total, count) => total + count, 0)
  return {
    in: taken,
    entered,
    out,
    consumed,
    waiting,
    dropped,
    unaccounted: taken + entered - out - consumed - waiting - lost,
    received,
    sent,
    kernelDrops: kernelDrops && { ...kernelDrops }, // it is added to
    refused,
    complete: incomplete === 0,
  }
}

function sum(boxes: readonly BoxFigures[], key: Exclude<keyof BoxFigures, 'role'>): number {
  return boxes.reduce((total, box) => total + (box[key] ?? 0), 0)
}
