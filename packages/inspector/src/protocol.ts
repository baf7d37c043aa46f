/**
 * What the page and `GET /snapshot` receive: a running system at one moment, as plain JSON. `GET /events` sends it whole, and
 * after that what has changed, as a JSON Merge Patch (RFC 7396): so no value here is ever `null`.
 */
export interface Picture {
  /** When it was taken, milliseconds since 1970. */
  readonly time: number
  /** By name: `PARSE`, `SimplePeer#3`; in the order of activation. Those that failed stay here; of those that ended, the last few. */
  readonly components: Readonly<Record<string, ComponentPicture>>
  /** From the name of an outbox, `PARSE.outbox`, to that of the inbox it feeds. */
  readonly links: Readonly<Record<string, string>>
  /** Number of living components that are not shown. */
  readonly more: number
  /** The account of the system, including components that are not shown, and those that have ended. */
  readonly account: AccountPicture
}

/** A number that may not be known exactly; where it is, all three are equal. */
export interface BoundsPicture {
  readonly atLeast: number
  /** The best estimate. */
  readonly about: number
  readonly atMost: number
}

/** The account of a system, as `accountOf(scheduler)` gives it. */
export interface AccountPicture {
  /** Messages that came into being: received from the network, read, generated, copied. */
  readonly entered: number
  /** Messages that ended as intended: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and in hand. */
  readonly waiting: number
  /** Messages dropped, by reason: only those that happened. */
  readonly dropped: Readonly<Record<string, number>>
  /** Messages taken, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Whether all losses are counted. */
  readonly complete: boolean
  /** Datagrams that the kernel dropped; absent where it reports none. */
  readonly kernelDrops?: BoundsPicture
  /** Datagrams sent that the network reported undeliverable, a lower bound; absent where it is not known. */
  readonly refused?: number
  /** As in `ComponentPicture`. */
  readonly readAt?: number
}

/** One component. */
export interface ComponentPicture {
  /** Number of its activation: a component with the name of one that has ended has another number. Components that start later have greater ones. */
  readonly id: number
  /** What accounts and metrics call it: the same for the children of all clients of a `Sessions`. */
  readonly group: string
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting' | 'ended' | 'failed'
  readonly parent?: string
  readonly service?: true
  readonly inboxes: Readonly<Record<string, InboxPicture>>
  readonly outboxes: Readonly<Record<string, OutboxPicture>>
  /** Messages dropped here, ever, by reason, as its account has them: only those that happened: `inboxFull`, `ENETUNREACH`. */
  readonly drops: Readonly<Record<string, number>>
  /** Datagrams that the kernel dropped at its socket; absent where it reports none. All three are equal where that is exact. */
  readonly kernelDrops?: BoundsPicture
  /** Datagrams sent that the network reported undeliverable, a lower bound; absent where it is not known. */
  readonly refused?: number
  /** Messages that it took, and neither passed on nor counted; absent when there are none. */
  readonly unaccounted?: number
  /** Datagrams of its socket, if it has one. */
  readonly datagrams?: DatagramCounts
  /**
   * When `datagrams`, `stats` and what comes from its account were read, milliseconds since 1970; absent when that was at `time` of the picture. They are older where reading
   * them is costly. A rate is a difference divided by the time between the two readings.
   */
  readonly readAt?: number
  /** The numbers of its `stats`, if it has them, flat: `received`, `failed.ENETUNREACH`. */
  readonly stats?: Readonly<Record<string, number>>
  /** The local address of its socket, if it has one: `127.0.0.1:1500`. */
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
  /** The message as text, cut. */
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
  /** Messages and datagrams dropped; of the kernel's, where they are not known exactly, about as many. */
  readonly dropped: number
}
