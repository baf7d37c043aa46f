import type { Addon } from './addon.js'
import type { Incoming } from './incoming.js'
import type { Outgoing } from './outgoing.js'

/** What the sockets of one transport share. */
export interface Shared {
  readonly addon: Addon
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  /** Whether the kernel cuts messages into datagrams (GSO), and puts datagrams together for the reader (GRO). */
  readonly segmentation: boolean
  readonly coalescing: boolean
}
