import type { Counts } from './account.js'
import type { Box } from './box.js'
import { Component } from './component.js'
import { Inbox } from './inbox.js'
import type { Microprocess } from './microprocess.js'
import type { Outbox } from './outbox.js'

/** What passed through one box, or through those of the same name of several components. */
export interface BoxFigures {
  readonly role: string
  /** Of an inbox. */
  readonly delivered?: number
  readonly length?: number
  readonly dropped?: number
  readonly unread?: number
  /** Of an outbox. */
  readonly sent?: number
  readonly discarded?: number
}

/** The raw numbers of a component, or of several with the same name: what accounts are made of. */
export interface Figures {
  readonly boxes?: Readonly<Record<string, BoxFigures>>
  /** What the components say themselves. */
  readonly counts?: Omit<Counts, 'complete'>
  /** How many of them do not count all losses. */
  readonly incomplete?: number
  /** Of the parts that they started. */
  readonly parts?: Readonly<Record<string, Figures>>
}

/** Adds the numbers of one nested record to those of another one, key by key. */
export function add<T extends object>(sums: T, numbers: T): T {
  const target = sums as Record<string, unknown>
  for (const [key, value] of Object.entries(numbers))
    if (typeof value === 'number') target[key] = ((target[key] as number | undefined) ?? 0) + value
    else if (Object(value) === value) target[key] = add(target[key] ?? Object.create(null), value)
    else target[key] ??= value
  return sums
}

/** The numbers of a component, as they are now, and of all that it started. */
export function figuresOf(process: Microprocess): Figures {
  const { past, released, children, unsettled } = process
  const boxes: Record<string, BoxFigures> = add(Object.create(null), released ?? {})
  for (const [field, box] of Component.boxesOf(process))
    if (isCounted(box)) boxes[field] = boxFigures(box)
  const { complete = true, ...counts } = countsOf(process) ?? guess(Object.values(boxes))
  const parts = add(Object.create(null), past ?? {})
  for (const child of children ?? []) addPart(parts, child)
  for (const child of unsettled ?? []) addPart(parts, child)
  return { boxes, counts, incomplete: complete ? 0 : 1, parts }
}

const NUMBERS = [
  'in',
  'out',
  'entered',
  'consumed',
  'waiting',
  'received',
  'sent',
  'refused',
] as const

/** What a component says of itself, copied. One that throws, or counts what is not a number, says nothing. */
function countsOf({ component }: Microprocess): Counts | undefined {
  try {
    const counts = component['accounting']()
    if (!counts) return undefined
    const { complete = true, dropped = {}, kernelDrops } = counts
    const copy: Record<string, unknown> = { complete, dropped: {} }
    for (const key of NUMBERS) if (counts[key] !== undefined) copy[key] = finite(counts[key])
    const reasons = Object.entries(dropped).map(([reason, count]) => [reason, finite(count)])
    copy['dropped'] = add(Object.create(null), Object.fromEntries(reasons))
    if (kernelDrops) {
      const { atLeast, atMost, about } = kernelDrops
      copy['kernelDrops'] = {
        atLeast: finite(atLeast),
        atMost: finite(atMost),
        about: finite(about),
      }
    }
    return copy
  } catch {
    return undefined
  }
}

function finite(count: unknown): number {
  if (!Number.isFinite(count)) throw new TypeError('not a number')
  return count as number
}

/** Whether a component that has ended waits for the outcome of something. */
export function isUnsettled(process: Microprocess): boolean {
  return (countsOf(process)?.waiting ?? 0) > 0
}

/** What boxes show of a component that says nothing: what leaves and has not come in was made there. */
function guess(boxes: readonly BoxFigures[]): Counts {
  let rest = 0
  let [takes, sends] = [false, false]
  for (const { role, delivered = 0, length = 0, dropped = 0, sent, discarded = 0 } of boxes) {
    const isReport = role === 'report' && sent !== undefined
    if (sent === undefined) takes = true
    else if (!isReport) sends = true
    if (!isReport) rest += delivered - length - dropped - (sent ?? 0) - discarded
  }
  if (rest < 0) return { entered: -rest, complete: !takes }
  return sends ? { complete: !takes } : { consumed: rest }
}

/** Adds a component, with all that it started, to parts by name. */
export function addPart(parts: Record<string, Figures>, process: Microprocess): void {
  const { isService, label, className } = process
  // Services serve all parts, and are none.
  if (!isService) add(parts, { [label ?? className]: figuresOf(process) })
}

/** Whether accounts count the messages of a box. */
export function isCounted({ role }: Box): boolean {
  return role === 'data' || role === 'report'
}

/** The numbers of a box as it is now. */
export function boxFigures(box: Box): BoxFigures {
  const { role } = box
  if (box instanceof Inbox) {
    const { delivered, length, dropped, unread } = box
    return { role, delivered, length, dropped, unread }
  }
  const { sent, discarded } = box as Outbox<unknown>
  return { role, sent, discarded }
}
