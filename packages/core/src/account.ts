import { Component } from './component.js'
import type { Bounds } from './counts.js'
import { Figures } from './figures.js'
import { addParts, figuresOf } from './figures-of.js'
import type { Scheduler } from './scheduler.js'

/**
 * Counts every message of a component and of the components it started, including ended ones. Between any two steps,
 * `in + entered = out + consumed + waiting + dropped + unaccounted`. Messages of `control` and `signal`
 * boxes, and of boxes with the role `internal`, are not counted.
 */
export interface Account {
  /** Messages delivered into inboxes. */
  readonly in: number
  /** Messages created: received from the network, read, generated, or copied. */
  readonly entered: number
  /** Messages that outboxes delivered into an inbox. */
  readonly out: number
  /** Messages that reached their end: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and messages taken but not finished. */
  readonly waiting: number
  /**
   * Messages dropped, by reason. From boxes: `inboxFull`, `unread` (the component ended before it took them) and `unlinked`
   * (the outbox had no link).
   */
  readonly dropped: Readonly<Record<string, number>>
  /** Messages that a component took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Datagrams that peers received (included in `entered`), and sent (included in `consumed`). */
  readonly received: number
  readonly sent: number
  /** Datagrams that the kernel dropped; undefined if it does not report them. */
  readonly kernelDrops: Bounds | undefined
  /** Datagrams that the network reported as undeliverable (included in `consumed`): a lower bound; undefined if it is not known. */
  readonly refused: number | undefined
  /**
   * Whether all losses are counted. False if the system does not report its drops, or if a component passes messages on without
   * overriding `accounting`: it could drop one message and copy another.
   */
  readonly complete: boolean
  /** The account of each component it started, by label: the given name, otherwise the class. */
  readonly parts: Readonly<Record<string, Account>>
}

/**
 * Returns the current account of a component and the components it started, or of everything started on a scheduler. After the
 * end of a component and its children the account is final.
 *
 * @example
 * const { dropped, unaccounted } = accountOf(graph)
 */
export function accountOf(system: Component | Scheduler): Account {
  const process = Component.recordOf(system)
  if (process) return total(figuresOf(process)).account
  const figures = new Figures()
  addParts(figures, (system as Scheduler).root)
  return total(figures).account
}

/** The sum of a component's own figures and those of its parts, and its account. */
function total(figures: Figures): { readonly sum: Figures; readonly account: Account } {
  const sum = new Figures()
  sum.addOwn(figures)
  const parts: Record<string, Account> = Object.create(null)
  for (const [name, part] of figures.parts ?? []) {
    const inner = total(part)
    sum.addOwn(inner.sum)
    parts[name] = inner.account
  }
  const { entered, out, consumed, waiting, received, sent, kernelDrops, refused } = sum
  const dropped: Record<string, number> = Object.create(null)
  let rest = sum.in + entered - out - consumed - waiting
  for (const [reason, count] of sum.dropped ?? []) {
    dropped[reason] = count
    rest -= count
  }
  const account = {
    in: sum.in,
    entered,
    out,
    consumed,
    waiting,
    dropped,
    unaccounted: rest,
    received,
    sent,
    kernelDrops,
    refused,
    complete: sum.incomplete === 0,
    parts,
  }
  return { sum, account }
}
