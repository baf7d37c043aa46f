import type { UdpngError } from './errors.js'

/** An event that observers of a scheduler get. */
export type SchedulerEvent =
  | { readonly kind: 'activated' | 'ended'; readonly component: string }
  | { readonly kind: 'failed'; readonly component: string; readonly error: UdpngError }
