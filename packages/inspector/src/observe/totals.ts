import type { ComponentPicture } from '../protocol.js'

/** What was counted in a system, ever: what a `Moment` is made of. */
export interface Totals {
  delivered: number
  received: number
  sent: number
  dropped: number
}

/** Where counting begins. */
export function noTotals(): Totals {
  return { delivered: 0, received: 0, sent: 0, dropped: 0 }
}

/** Adds what a component counted; what is dropped is in the account of the system. */
export function addTo(totals: Totals, { inboxes, datagrams }: ComponentPicture): void {
  for (const { delivered, plumbing } of Object.values(inboxes))
    if (!plumbing) totals.delivered += delivered
  totals.received += datagrams?.received ?? 0
  totals.sent += datagrams?.sent ?? 0
}

/** How much has passed the boxes of a component. */
export function passedOf({
  inboxes,
  outboxes,
}: Pick<ComponentPicture, 'inboxes' | 'outboxes'>): number {
  let passed = 0
  for (const { delivered, taken } of Object.values(inboxes)) passed += delivered + taken
  for (const { sent, discarded } of Object.values(outboxes)) passed += sent + discarded
  return passed
}
