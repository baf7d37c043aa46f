import { type Channel, channel } from 'node:diagnostics_channel'
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
  /** Set by the subscriber that impairs it. */
  impairment: Impairment | undefined
}

/** Publishes a `Bound` for each socket, when its handle is served, and before the program knows. */
export const bound: Channel = /* @__PURE__ */ channel('udpng.dgram.bound')
