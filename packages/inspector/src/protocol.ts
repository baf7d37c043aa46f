/**
 * What the page and `GET /snapshot` are told: a running system at one moment, as plain JSON. `GET /events` sends it whole, and
 * after that what has changed, as a JSON Merge Patch (RFC 7396): so no value here is ever `null`.
 */
export interface Picture {
  /** When it was taken, milliseconds since 1970. */
  readonly time: number
  /** By name: `SimplePeer#3`; in the order of activation. Those that failed stay here; of those that ended, the last few. */
  readonly components: Readonly<Record<string, ComponentPicture>>
  /** From the name of an outbox, `DataSource#1.outbox`, to that of the inbox it feeds. */
  readonly links: Readonly<Record<string, string>>
  /** How many more components live, and are not shown. */
  readonly more: number
}

/** One component. */
export interface ComponentPicture {
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting' | 'ended' | 'failed'
  readonly parent?: string
  readonly service?: true
  readonly inboxes: Readonly<Record<string, InboxPicture>>
  readonly outboxes: Readonly<Record<string, OutboxPicture>>
  /** Messages and datagrams lost here, ever, by reason: only those that happened: `kernelDrops`, `ENETUNREACH`, `at inbox`. */
  readonly drops: Readonly<Record<string, number>>
  /** Datagrams of its socket, if it has one. */
  readonly datagrams?: DatagramCounts
  /**
   * When `drops`, `datagrams` and `stats` were read, milliseconds since 1970; absent when that was at `time` of the picture. They are older where reading
   * them is costly. A rate is a difference divided by the time between the two readings.
   */
  readonly readAt?: number
  /** What it counts by itself, if it does: the numbers of its `stats`, flat: `received`, `failed.ENETUNREACH`. */
  readonly stats?: Readonly<Record<string, number>>
  /** Where its socket is bound, if it has one: `127.0.0.1:1500`. */
  readonly address?: string
  /** The last error: why it failed, or what it reported on `errors`. */
  readonly error?: ErrorPicture
}

/** Datagrams of one socket, ever. */
export interface DatagramCounts {
  readonly received: number
  readonly sent: number
}

/** One inbox. */
export interface InboxPicture {
  readonly doc: string
  /** Present where no data passes, but control messages, reports, requests or notices. */
  readonly plumbing?: true
  readonly length: number
  /** Absent when unbounded. */
  readonly capacity?: number
  readonly delivered: number
  readonly taken: number
  readonly dropped: number
}

/** One outbox. */
export interface OutboxPicture {
  readonly doc: string
  /** As in `InboxPicture`. */
  readonly plumbing?: true
  readonly sent: number
  /** Sent while nothing was linked. */
  readonly discarded: number
}

/** An error. */
export interface ErrorPicture {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly code: string
  readonly message: string
}

/** One message that passed a box: what `GET /messages?box=NAME` sends, each as an event `message`. */
export interface MessagePicture {
  /** Milliseconds since 1970. */
  readonly time: number
  /** As text, cut. */
  readonly text: string
  /** Messages that passed since the last one shown, and were not. */
  readonly skipped: number
}

/**
 * One moment of the last minutes, for the chart: `GET /history` gives all, the oldest first; `GET /events` sends each new one as an
 * event `moment`. How many a second there were, in all components that are shown.
 */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Messages delivered into inboxes for data. */
  readonly delivered: number
  /** Datagrams that peers received, and sent. */
  readonly received: number
  readonly sent: number
  /** Messages and datagrams dropped. */
  readonly dropped: number
}
