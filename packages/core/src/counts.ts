/** A count that may be inexact: `atLeast` <= `about` <= `atMost`. All three are equal if it is exact. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
  /** The best estimate. */
  readonly about: number
}

/** The counts that a component reports of its messages in `accounting()`; the default of each number is 0. */
export interface Counts {
  /** Messages received from another component without an inbox (`in`), and passed to one without an outbox (`out`). */
  readonly in?: number
  readonly out?: number
  /** Messages created here: received from the network, read, generated, or copied. */
  readonly entered?: number
  /** Messages that reached their end here: sent to the network, written, used. */
  readonly consumed?: number
  /** Messages taken from an inbox and not finished yet. */
  readonly waiting?: number
  /** Messages dropped, by reason; without those that boxes drop. */
  readonly dropped?: Readonly<Record<string, number>>
  /** Datagrams received from the network (included in `entered`), and sent to it (included in `consumed`). */
  readonly received?: number
  readonly sent?: number
  /** Datagrams that the kernel dropped before the component could read them. */
  readonly kernelDrops?: Bounds | undefined
  /** Datagrams that the network reported as undeliverable (included in `consumed`): a lower bound. */
  readonly refused?: number | undefined
  /** Whether all losses are counted (default true): false if the system does not report them. */
  readonly complete?: boolean
}
