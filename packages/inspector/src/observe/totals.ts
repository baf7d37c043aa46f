import type { ComponentPicture } from '../protocol.js'

/** Totals of a system since its start, from which a `Moment` is computed. */
export interface Totals {
  delivered: number
  received: number
  sent: number
  dropped: number
}

/** Totals of 0. */
export function noTotals(): Totals {
  return { delivered: 0, received: 0, sent: 0, dropped: 0 }
}

/** Adds the counts of a component; drops are in the account of the system. */
export function addTo(totals: Totals, { inboxes, datagrams }: ComponentPicture): void {
  for (const { delivered, plumbing } of Object.values(inboxes))
    if (!plumbing) totals.delivered += delivered
  totals.received += datagrams?.received ?? 0
  totals.sent += datagrams?.sent ?? 0
}

/** Number of messages that passed the boxes of a component. */
export function passedOf({
  inboxes,
  outboxes,
}: Pick<ComponentPicture, 'inboxes' | 'outboxes'>): number {
  let passed = 0
  for (const { delivered, taken } of Object.values(inboxes)) passed += delivered + taken
  for (const { sent, discarded } of Object.values(outboxes)) passed += sent + discarded
  return passed
}
