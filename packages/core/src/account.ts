import { Component } from './component.js'
import type { Bounds } from './counts.js'
import { Figures } from './figures.js'
import { addParts, figuresOf } from './figures-of.js'
import type { Scheduler } from './scheduler.js'

/**
 * An account of every message of a component and of all that it started, those that have ended included. At every moment
 * between two steps: `in + entered = out + consumed + waiting + dropped + unaccounted`. Messages of `control` and `signal`
 * boxes, and of boxes whose role is `internal`, are not counted.
 */
export interface Account {
  /** Messages delivered into inboxes. */
  readonly in: number
  /** Messages that were created: received from the network, read, generated, or copied. */
  readonly entered: number
  /** Messages that outboxes put into an inbox. */
  readonly out: number
  /** Messages that reached their end: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and taken but not finished. */
  readonly waiting: number
  /**
   * Messages dropped, by reason. From boxes: `inboxFull`, `unread` (the component ended before it took them) and `unlinked`
   * (sent while no inbox was linked).
   */
  readonly dropped: Readonly<Record<string, number>>
  /** Messages that a component took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** The datagrams that peers received, included in `entered`, and sent, included in `consumed`. */
  readonly received: number
  readonly sent: number
  /** Datagrams that the kernel dropped, as far as it reports them; undefined when it reports none. */
  readonly kernelDrops: Bounds | undefined
  /** Datagrams, included in `consumed`, that the network reported undeliverable: a lower bound; undefined where it is not known. */
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
 * Returns the account of the messages of a component and of all that it started, at this moment; or of all that was started on a
 * scheduler. After the end of a component the account is final.
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
