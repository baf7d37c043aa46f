import type { ComponentPicture } from './protocol.js'

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

/** Adds what a component counted. */
export function addTo(totals: Totals, { inboxes, datagrams, drops }: ComponentPicture): void {
  for (const { delivered, plumbing } of Object.values(inboxes))
    if (!plumbing) totals.delivered += delivered
  totals.received += datagrams?.received ?? 0
  totals.sent += datagrams?.sent ?? 0
  for (const count of Object.values(drops)) totals.dropped += count
}
