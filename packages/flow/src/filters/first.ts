import {
  Component,
  type Control,
  type Counts,
  Inbox,
  type Main,
  Outbox,
  shutdownMicroprocess,
} from '@udpng/core'
import { checkOptions, type OptionTable, whole } from '@udpng/core/options'

/** Options of a First. */
export interface FirstOptions {
  /** Number of messages to send: a whole number >= 1, or `Infinity`. */
  readonly count: number
}

const OPTIONS = {
  count: { kind: whole, min: 1, max: Infinity, required: true },
} as const satisfies OptionTable<FirstOptions>

/** Maximum number of messages per step: then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Sends the first `count` messages of `inbox` on `outbox`, then shutdownMicroprocess on `enough`, and ends. Link `enough` to
 * the producer's `control` to end the producer too.
 *
 * While `outbox` is full, it takes no messages. On producerFinished it sends the queued messages and ends; on shutdownMicroprocess
 * it ends at once.
 *
 * @example
 * // listens for three datagrams, then ends
 * await new Graphline(
 *   { UDP: new UDPReceiver({ localPort: 1500 }), FIRST: new First({ count: 3 }), OUT: new ConsoleEchoer() },
 *   {
 *     'UDP.outbox': 'FIRST.inbox',
 *     'FIRST.outbox': 'OUT.inbox',
 *     'FIRST.enough': 'UDP.control',
 *     'FIRST.signal': 'OUT.control',
 *   },
 * ).run()
 */
export class First<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('The first of them')
  readonly enough: Outbox<Control> = new Outbox('shutdownMicroprocess, once there were enough', {
    role: 'control',
  })
  readonly #count: number

  /**
   * @param options.count - number of messages to send: a whole number >= 1, or `Infinity`
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: FirstOptions) {
    super()
    this.#count = checkOptions('create First', OPTIONS, options).count
  }

  /** It drops nothing: its inbox counts the messages that it does not take. */
  protected override accounting(): Counts {
    return {}
  }

  override *main(): Main {
    for (let left = this.#count; left > 0; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      let turn = Math.min(left, MESSAGES_PER_STEP)
      for (; turn > 0 && this.inbox.ready && !this.outbox.full; turn--, left--)
        this.outbox.send(this.inbox.recv() as T)
      if (left === 0) break
      if (word && !this.inbox.ready) return
      if (turn > 0) yield this.pause()
      else yield
    }
    this.enough.send(shutdownMicroprocess())
  }
}
