/**
 * The state of a running system at one moment, as plain JSON, for the page and `GET /snapshot`. `GET /events` sends it whole, and
 * then each change as a JSON Merge Patch (RFC 7396): so no value here is ever `null`.
 */
export interface Picture {
  /** Time of the picture, milliseconds since 1970. */
  readonly time: number
  /** Components by name, such as `PARSE` and `SimplePeer#3`, in activation order, including the last that ended or failed. */
  readonly components: Readonly<Record<string, ComponentPicture>>
  /** Links: from the name of an outbox, such as `PARSE.outbox`, to that of the inbox it feeds. */
  readonly links: Readonly<Record<string, string>>
  /** Number of living components that are not shown. */
  readonly more: number
  /** The account of the system, including hidden and ended components. */
  readonly account: AccountPicture
}

/** A count that may be inexact; if it is exact, all three numbers are equal. */
export interface BoundsPicture {
  readonly atLeast: number
  /** The best estimate. */
  readonly about: number
  readonly atMost: number
}

/** The account of a system, as `accountOf(scheduler)` returns it. */
export interface AccountPicture {
  /** Messages created: received from the network, read, generated, copied. */
  readonly entered: number
  /** Messages that reached their end: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and messages taken but not finished. */
  readonly waiting: number
  /** Messages dropped, by reason; only reasons that happened. */
  readonly dropped: Readonly<Record<string, number>>
  /** Messages that components took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Whether all losses are counted. */
  readonly complete: boolean
  /** Datagrams that the kernel dropped; absent if it does not report them. */
  readonly kernelDrops?: BoundsPicture
  /** Datagrams sent that the network reported undeliverable, a lower bound; absent where it is not known. */
  readonly refused?: number
  /** As in `ComponentPicture`. */
  readonly readAt?: number
}

/** One component. */
export interface ComponentPicture {
  /** Number of its activation: it increases, and distinguishes a component from an earlier one with the same name. */
  readonly id: number
  /** Its label in accounts and metrics: the same for the children of all clients of a `Sessions`. */
  readonly group: string
  /** `waiting`: in `sleep` or `until`, where no message wakes it. */
  readonly state: 'ready' | 'paused' | 'waiting' | 'ended' | 'failed'
  readonly parent?: string
  /** Present where it only serves or connects others, as the Selector and junctions do: viewers hide it by default. */
  readonly plumbing?: true
  readonly inboxes: Readonly<Record<string, InboxPicture>>
  readonly outboxes: Readonly<Record<string, OutboxPicture>>
  /** Messages dropped by this component so far, by reason, such as `inboxFull` and `ENETUNREACH`; only reasons that happened. */
  readonly drops: Readonly<Record<string, number>>
  /** Datagrams that the kernel dropped at its socket; absent if it does not report them. All three are equal if it is exact. */
  readonly kernelDrops?: BoundsPicture
  /** Datagrams sent that the network reported undeliverable, a lower bound; absent where it is not known. */
  readonly refused?: number
  /** Messages that it took, and neither passed on nor counted; absent if there are none. */
  readonly unaccounted?: number
  /** Datagrams of its socket, if it has one. */
  readonly datagrams?: DatagramCounts
  /**
   * Time of the reading of `datagrams`, `stats` and the numbers from its account, milliseconds since 1970; absent if it is `time` of the
   * picture. It is older if reading them is costly. A rate is a difference divided by the time between two readings.
   */
  readonly readAt?: number
  /** The numbers of its `stats`, if it has them, flat: `received`, `failed.ENETUNREACH`. */
  readonly stats?: Readonly<Record<string, number>>
  /** The local address of its socket, if it has one: `127.0.0.1:1500`. */
  readonly address?: string
  /** The last error: its failure, or its last report on `errors`. */
  readonly error?: ErrorPicture
}

/** Datagrams of one socket so far. */
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
  /** Absent if unbounded. */
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
  /** Messages sent while unlinked. */
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
  /** The message as text, shortened. */
  readonly text: string
  /** Number of messages that passed since the last one shown and were not shown. */
  readonly skipped: number
}

/**
 * The rates of one second, over all components shown, for the chart: `GET /history` returns those of the last minutes, the oldest first;
 * `GET /events` sends each new one as an event `moment`.
 */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Messages delivered into inboxes for data per second. */
  readonly delivered: number
  /** Datagrams that peers received per second, and sent. */
  readonly received: number
  readonly sent: number
  /** Messages and datagrams dropped per second; an estimate if kernel drops are inexact. */
  readonly dropped: number
}
