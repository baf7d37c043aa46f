/** A number that may not be known exactly. Where it is, all three are equal. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
  /** The best estimate. */
  readonly about: number
}

/** The counts that a component reports about its own messages; the default of each is 0. */
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
  /** The datagrams received from the network, included in `entered`, and sent to it, included in `consumed`. */
  readonly received?: number
  readonly sent?: number
  /** Datagrams that the kernel dropped before the component could read them. */
  readonly kernelDrops?: Bounds | undefined
  /** Datagrams, included in `consumed`, that the network reported undeliverable: a lower bound. */
  readonly refused?: number | undefined
  /** Whether all losses are counted here (default true): false where the system does not report them. */
  readonly complete?: boolean
}
