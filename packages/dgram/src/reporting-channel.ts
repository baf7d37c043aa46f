import { type Channel, channel } from 'node:diagnostics_channel'

/** What became of the datagrams that were to be recorded. */
export interface RecordStats {
  /** Datagrams in the file. */
  readonly written: number
  /** Datagrams that could not be written, or that a packet cannot carry. */
  readonly failed: number
}

/** A report that is about to be written. */
export interface Reporting {
  /** Set by the subscriber that records. */
  record: RecordStats | undefined
}

/** Publishes a `Reporting` before the report of this process or worker thread is written. */
export const reporting: Channel = /* @__PURE__ */ channel('udpng.dgram.reporting')
