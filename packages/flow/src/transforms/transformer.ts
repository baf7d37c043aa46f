import {
  Component,
  type Counts,
  ErrorOutbox,
  Inbox,
  type Main,
  Outbox,
  UdpngError,
} from '@udpng/core'
import { badOption } from '@udpng/core/options'

/** Maximum number of messages per step: `f` may be slow, and then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Sends `f(message)` on `outbox` for each message of `inbox`, in order, and nothing if `f` returns
 * `undefined`.
 *
 * If `f` throws, the message is dropped and counted in `failed`, and `errors` gets a `UdpngError`
 * with code `TRANSFORM_FAILED` and the thrown value as `cause`; other messages are unaffected. If the inbox behind `errors` is
 * full, the report is dropped and counted.
 *
 * While `outbox` is full, it takes no messages. On producerFinished it transforms the queued messages and ends;
 * on shutdownMicroprocess it ends at once.
 *
 * @example
 * const upper = new Transformer((text: string) => text.toUpperCase())
 *
 * @see Kamaelia.Util.PureTransformer
 */
export class Transformer<In, Out> extends Component {
  readonly inbox: Inbox<In> = new Inbox('Messages to transform')
  readonly outbox: Outbox<Out> = new Outbox('What became of them')
  readonly errors: ErrorOutbox = new ErrorOutbox('Messages that could not be transformed')
  readonly #f: (message: In) => Out | undefined
  #failed = 0
  #filtered = 0

  /**
   * @param f - called once for each message; returns the message to send, or `undefined` to drop it
   * @throws {UdpngError} `BAD_OPTION` for a value that is not a function
   */
  constructor(f: (message: In) => Out | undefined) {
    super()
    if (typeof f !== 'function')
      throw badOption('create Transformer', 'f', f, 'a function of one message')
    this.#f = f
  }

  /** Messages dropped because `f` threw. */
  get failed(): number {
    return this.#failed
  }

  /** Messages dropped because `f` returned `undefined`. */
  get filtered(): number {
    return this.#filtered
  }

  protected override accounting(): Counts {
    return { dropped: { filtered: this.#filtered, transformFailed: this.#failed } }
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word && !this.inbox.ready) return
      if (!this.inbox.ready || this.outbox.full) {
        yield this.pause()
        continue
      }
      let left = MESSAGES_PER_STEP
      // `f` itself may send to `control`, or fill `outbox`.
      for (; left > 0 && this.inbox.ready && !this.outbox.full && !this.control.ready; left--)
        this.#transform(this.inbox.recv() as In)
      if (left === 0) yield
    }
  }

  #transform(message: In): void {
    let result: Out | undefined
    try {
      result = this.#f(message)
    } catch (cause) {
      this.#failed++
      this.errors.report('TRANSFORM_FAILED', () => this.#failure(cause))
      return
    }
    if (result === undefined) this.#filtered++
    else this.outbox.send(result)
  }

  #failure(cause: unknown): UdpngError {
    const why = cause instanceof Error ? `: ${cause.message}` : ', see cause'
    return new UdpngError('TRANSFORM_FAILED', `${this.name} dropped a message, f threw${why}`, {
      cause,
      component: this.name,
      box: 'inbox',
    })
  }
}
