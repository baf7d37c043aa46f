import { type Channel, channel } from 'node:diagnostics_channel'
import type { Address } from '@udpng/datagram'
import type { PathStats } from '@udpng/simulation'
import type { Handle } from './handle.js'

/** The counters of a simulated bad network, in both directions. */
export interface Impairment {
  readonly sent: PathStats
  readonly received: PathStats
}

/** A socket that was bound. */
export interface Bound {
  readonly handle: Handle
  /** The address that it was bound to. */
  readonly local: Address
  /** Set by the subscriber that impairs it. */
  impairment: Impairment | undefined
}

/**
 * Publishes a `Bound` for each socket, when its handle is served, and before the program knows. A subscriber that replaces `send` of
 * the handle gets the datagrams from subscribers that come later: the first one is next to the wire.
 */
export const bound: Channel = /* @__PURE__ */ channel('udpng.dgram.bound')

/** Publishes the same `Bound` after `bound`. A subscriber that replaces `onmessage` gets each datagram before those of `bound`. */
export const arriving: Channel = /* @__PURE__ */ channel('udpng.dgram.arriving')
