import type { SocketStats } from './stats.js'
import type { OtherSockets } from './sum-of-stats.js'

/** The counters of a socket, and its number in the order of creation within its process or worker thread. */
export type SampledSocket = SocketStats & { readonly id: number }

/** The counters of the sockets of a process or worker thread, as a line of JSON: what has changed since the last sample. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly pid: number
  /** 0 is the main thread. */
  readonly thread: number
  /** The name of its script, without the folder. */
  readonly script: string
  /** Bound sockets whose counters have changed. The first 500 open sockets are sampled. */
  readonly open: readonly SampledSocket[]
  /** Sampled sockets that were closed. */
  readonly closed: readonly SampledSocket[]
  /** All sockets so far that were closed and never sampled. */
  readonly others: OtherSockets | undefined
  /** Number of open sockets that are not sampled. */
  readonly more: number
}
