import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable, positive, whole } from '@udpng/core/options'

/** Options of a Pace: all optional. */
export interface PaceOptions {
  /** Maximum number of messages per second, evenly spaced: a number > 0 (default `Infinity`). */
  readonly perSecond?: number | undefined
  /** Number of times to send each message: a whole number >= 1 (default 1). */
  readonly repeat?: number | undefined
}

const OPTIONS = {
  perSecond: {
    kind: positive,
    unit: 'messages',
    max: Infinity,
    default: Infinity,
  },
  repeat: {
    kind: whole,
    min: 1,
    default: 1,
  },
} as const satisfies OptionTable<PaceOptions>

/** Maximum number of messages per step: then other components get their turn. */
const MESSAGES_PER_STEP = 256
/** Maximum delay of a timer that is made up for, milliseconds: more would cause a burst. */
const LATE_MS = 20

/**
 * Sends each message of `inbox` `repeat` times, at most `perSecond` messages per second, evenly spaced. It drops nothing:
 * backpressure slows the producer. To drop messages above the rate, use `Limit`.
 *
 * While `outbox` is full, or before the next message is due, it takes no messages. On producerFinished it sends the queued messages
 * at its pace and ends; on shutdownMicroprocess it ends at once. Unsent messages are counted as `unsent`. Time comes from the
 * scheduler's clock.
 *
 * @example
 * const slowly = new Pace({ perSecond: 100 })
 */
export class Pace<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('The same, at the pace')
  protected readonly stops: Inbox<true> = new Inbox('Stop: nothing is sent that is not due', {
    role: 'internal',
  })
  readonly #intervalMs: number
  readonly #repeat: number
  /** Number of repetitions left for the current message. */
  #left = 0
  /** Copies sent, beyond the first of each message. */
  #copies = 0
  #dropped = 0

  /**
   * @param options.perSecond - maximum number of messages per second, evenly spaced: a number > 0 (default `Infinity`)
   * @param options.repeat - number of times to send each message: a whole number >= 1 (default 1)
   * @throws {UdpngError} `BAD_OPTION` for an invalid or unknown option
   */
  constructor(options?: PaceOptions) {
    super()
    const { perSecond = OPTIONS.perSecond.default, repeat = OPTIONS.repeat.default } = checkOptions(
      'create Pace',
      OPTIONS,
      options,
    )
    this.#intervalMs = 1000 / perSecond
    this.#repeat = repeat
  }

  /** Unsent messages, each counted once for each missing repetition. */
  get dropped(): number {
    return this.#dropped + this.inbox.dropped * this.#repeat
  }

  /**
   * Drops the repetitions that are not due. With a rate, it then ends. Without one, it sends each further message once, and ends on
   * producerFinished. Any callback may call it at any time.
   */
  stop(): void {
    this.stops.deliver(true)
  }

  protected override accounting(): Counts {
    return {
      entered: this.#copies,
      waiting: this.#left,
      dropped: { unsent: this.#dropped },
    }
  }

  protected override onEnd(): void {
    this.#drop()
  }

  #drop(): void {
    this.#dropped += this.#left
    this.#left = 0
  }

  override *main(): Main {
    const { clock } = this.scheduler
    let due = clock.now()
    let message: T | undefined
    for (let turn = MESSAGES_PER_STEP; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (this.stops.ready) {
        // Without a rate, one of each message is due now.
        this.#drop()
        if (this.#intervalMs > 0) return
      }
      if (this.#left === 0 && this.inbox.ready) {
        message = this.inbox.recv() as T
        this.#left = this.stops.ready ? 1 : this.#repeat
        this.#copies += this.#left - 1
      }
      const now = clock.now()
      if (this.#left === 0) {
        if (word) return
        yield this.pause()
      } else if (this.outbox.full) yield this.pause()
      else if (due > now) yield this.pause(due - now)
      else {
        this.outbox.send(message as T)
        this.#left--
        due = Math.max(due, now - LATE_MS) + this.#intervalMs
        if (--turn > 0) continue
        yield
      }
      turn = MESSAGES_PER_STEP
    }
  }
}
