import type { InterfaceWatch } from '@udpng/basic-peer'
import type { Addon } from './addon.js'
import type { Incoming } from './incoming.js'
import type { Outgoing } from './outgoing.js'

/** The state that all sockets of one transport share. */
export interface Shared {
  readonly addon: Addon
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  /** Checks the memberships of the sockets. */
  readonly watch: InterfaceWatch
  /** Whether the kernel can segment messages (GSO), and coalesce datagrams (GRO). */
  readonly segmentation: boolean
  readonly coalescing: boolean
}
