import {
  Component,
  type Counts,
  ErrorOutbox,
  Inbox,
  type Main,
  Outbox,
  producerFinished,
  type Role,
} from '@udpng/core'
import type { AnyOutbox } from './fits.js'

/**
 * Joins outboxes and inboxes where one link is not enough: several outboxes that lead to one box of a graph, or an outbox that
 * leads to several inboxes. Each message that arrives in `inbox` leaves on all `outboxes` at once, within the `send` of its
 * sender: the same object, in the order in which messages are sent. It queues no message, so that nothing can overtake one.
 *
 * A sender sees `full` when one of the destinations is full, so the slowest sets the pace; a destination that has ended is left out. To
 * a sender that does not heed backpressure, each destination applies its own `whenFull`. A copy that a destination refuses
 * (`"throw"`) is dropped and counted as `inboxFull`; when all refuse the message, `send` throws `BOX_FULL`, and nothing is counted.
 * Errors of an `ErrorOutbox` that find a destination full are dropped and counted in `lost`, as everywhere.
 *
 * It ends when all its sources have ended, and on any control message.
 */
export class Junction extends Component {
  protected override readonly plumbing = true
  readonly inbox: Passage
  /** One for each destination. */
  readonly outboxes: readonly AnyOutbox[]
  readonly #role: Role
  /** The number of sources that are still linked. */
  #sources: number

  /**
   * @param sources - the outboxes that are to lead here, at least one
   * @param destinations - the number of `outboxes` (default 1)
   */
  constructor(sources: readonly AnyOutbox[], destinations = 1) {
    super()
    const { role } = sources[0] as AnyOutbox
    this.#sources = sources.length
    this.#role = sources.every((source) => source.role === role) ? role : 'data'
    const isForErrors = sources.every((source) => source instanceof ErrorOutbox)
    const doc = 'What is passed on'
    this.outboxes = Array.from({ length: destinations }, (_, i) =>
      this.adopt(
        destinations === 1 ? 'outbox' : `outbox${i + 1}`,
        isForErrors ? new ErrorOutbox(doc) : new Outbox(doc, { role: this.#role }),
      ),
    )
    this.inbox = isForErrors ? new ErrorPassage(this.outboxes) : new Passage(this.outboxes)
  }

  /** The link of a source was cut. */
  sourceEnded(): void {
    this.#sources--
    if (this.#sources === 0) this.control.deliver(producerFinished())
  }

  /** Messages pass without waiting in a box. Copies are created here, and reports are new ones, as far as accounts can see. */
  protected override accounting(): Counts {
    if (this.#role !== 'data' && this.#role !== 'report') return {}
    const { passed, refused } = this.inbox
    if (this.#role === 'report') return { in: passed, consumed: passed }
    const entered = passed * (this.outboxes.length - 1)
    return { in: passed, entered, dropped: { inboxFull: refused } }
  }

  override *main(): Main {
    while (!this.readControl()) {
      // It was woken because a destination has taken a message, or has ended.
      if (this.inbox.room > 0) this.inbox.wakeSenders()
      yield this.pause()
    }
  }
}

/** An inbox that passes messages on to outboxes. It has as much room as the fullest of their destinations. */
class Passage extends Inbox<unknown> {
  /** Messages passed on. */
  passed = 0
  /** Copies that a destination refused. */
  refused = 0
  protected readonly outboxes: readonly AnyOutbox[]

  constructor(outboxes: readonly AnyOutbox[]) {
    super('What is passed on', { role: 'internal' })
    this.outboxes = outboxes
  }

  override get room(): number {
    let least = Infinity
    for (const { room } of this.outboxes) least = Math.min(least, room)
    return least
  }

  override get hasReader(): boolean {
    return this.outboxes.some((outbox) => outbox.hasReader)
  }

  override deliver(message: unknown): boolean {
    this.pass(message)
    return this.room > 0
  }

  /** Senders are woken when something is taken from the inbox that they feed. */
  wakeSenders(): void {
    super.deliver(undefined)
    this.recv()
  }

  protected pass(message: unknown): void {
    let refused = 0
    for (const outbox of this.outboxes)
      try {
        outbox.send(message)
      } catch (error) {
        refused++
        if (refused === this.outboxes.length) throw error
      }
    this.passed++
    this.refused += refused
  }
}

/** A passage for errors. No component waits for the reader of its errors. */
class ErrorPassage extends Passage {
  protected override pass(message: unknown): void {
    this.passed++
    const error = message as Parameters<ErrorOutbox['send']>[0]
    for (const outbox of this.outboxes as readonly ErrorOutbox[])
      if (outbox.hasReader) outbox.report(error.code, () => error)
      else outbox.send(error)
  }
}
