import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable } from '@udpng/core/options'
import { type Address, isAddress, type Payload } from '@udpng/datagram'

/** Options of a FanOut. */
export interface FanOutOptions {
  /** The destinations, `[host, port]` each: at least one. */
  readonly targets: readonly Address[]
}

const OPTIONS = {
  targets: {
    kind: {
      accepts: (value) => Array.isArray(value) && value.length > 0 && [...value].every(isTarget),
      must: () => 'a list of at least one [host, port], port 1-65535',
    },
    required: true,
  },
} as const satisfies OptionTable<FanOutOptions>

/** Maximum number of letters per step: then other components get their turn. */
const LETTERS_PER_STEP = 64

/**
 * Sends each message of `inbox` as letters `[host, port, data]`, one for each target, in order. Put a PostboxPeer after it, which
 * sends them. The data is the same object in all letters.
 *
 * While `outbox` is full, it takes no messages. On producerFinished it sends the queued messages and ends; on shutdownMicroprocess
 * it ends at once, and counts letters that were not sent as `unsent`.
 *
 * @example
 * const toBoth = new FanOut({ targets: [['a.example.org', 514], ['b.example.org', 514]] })
 */
export class FanOut<T extends Payload = Payload> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Data')
  readonly outbox: Outbox<readonly [host: string, port: number, data: T]> = new Outbox(
    '[host, port, data] for each target',
  )
  readonly #targets: readonly Address[]
  /** The current message, and the number of its next target. */
  #data: T | undefined
  #next = 0

  /**
   * @param options.targets - the destinations, `[host, port]` each: at least one
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: FanOutOptions) {
    super()
    this.#targets = [...checkOptions('create FanOut', OPTIONS, options).targets]
  }

  protected override accounting(): Counts {
    const inHand = this.#data === undefined ? 0 : this.#targets.length - this.#next
    const entered = this.inbox.taken * (this.#targets.length - 1)
    return this.ended ? { entered, dropped: { unsent: inHand } } : { entered, waiting: inHand }
  }

  override *main(): Main {
    for (let turn = LETTERS_PER_STEP; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      this.#data ??= this.inbox.recv()
      if (this.#data !== undefined && !this.outbox.full) {
        this.#sendNext(this.#data)
        if (--turn > 0) continue
        yield
      } else if (word && this.#data === undefined) return
      else yield this.pause()
      turn = LETTERS_PER_STEP
    }
  }

  #sendNext(data: T): void {
    const [host, port] = this.#targets[this.#next++] as Address
    this.outbox.send([host, port, data])
    if (this.#next < this.#targets.length) return
    this.#next = 0
    this.#data = undefined
  }
}

function isTarget(value: unknown): boolean {
  return isAddress(value) && value[1] > 0
}
