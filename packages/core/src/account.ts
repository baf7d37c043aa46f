/** A number that may not be known exactly. Where it is, all three are equal. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
  /** The best estimate. */
  readonly about: number
}

/** What a component itself knows of the messages that went through it; what is left out is 0. */
export interface Counts {
  /** Taken from another component without an inbox, and given to another one without an outbox. */
  readonly in?: number
  readonly out?: number
  /** Came into being here: received from the network, read, generated, or copied. */
  readonly entered?: number
  /** Ended here as intended: sent to the network, written, used. */
  readonly consumed?: number
  /** Taken from an inbox and still in hand. */
  readonly waiting?: number
  /** Dropped, by reason; what boxes drop is not among them. */
  readonly dropped?: Readonly<Record<string, number>>
  /** Datagrams that the kernel dropped before the component could read them. */
  readonly kernelDrops?: Bounds | undefined
  /** Of those consumed, datagrams that the network reported undeliverable: a lower bound. */
  readonly refused?: number | undefined
  /** Whether all losses are counted here (default true): false where the system does not report them. */
  readonly complete?: boolean
}

/**
 * What became of the messages of a component and of all that it started, those that have ended included. At every moment
 * between two steps: `in + entered = out + consumed + waiting + dropped + unaccounted`. Messages of `control` and `signal`
 * boxes, and of boxes whose role is `internal`, are not counted.
 */
export interface Account {
  /** Messages delivered into inboxes. */
  readonly in: number
  /** Messages that came into being: received from the network, read, generated, or copied. */
  readonly entered: number
  /** Messages that outboxes put into an inbox. */
  readonly out: number
  /** Messages that ended as intended: sent to the network, written, used. */
  readonly consumed: number
  /** Messages in inboxes, and in hand. */
  readonly waiting: number
  /**
   * Messages dropped, by reason. From boxes: `inboxFull`, `unread` (the component ended before it took them) and `unlinked`
   * (sent while no inbox was linked).
   */
  readonly dropped: Readonly<Record<string, number>>
  /** What does not add up: messages that a component took, and neither passed on nor counted. */
  readonly unaccounted: number
  /** Datagrams that the kernel dropped, as far as it reports them; undefined when it reports none. */
  readonly kernelDrops: Bounds | undefined
  /** Of those consumed, datagrams that the network reported undeliverable: a lower bound; undefined where it is not known. */
  readonly refused: number | undefined
  /**
   * Whether all losses are counted. Not where the system does not report what it drops, nor for a component that passes
   * messages on without an override of `accounting`: it could drop one message and copy another.
   */
  readonly complete: boolean
  /** The same for each part, by its name: what a component started. */
  readonly parts: Readonly<Record<string, Account>>
}
