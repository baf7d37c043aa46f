import {
  Component,
  type Counts,
  ErrorOutbox,
  Inbox,
  type Main,
  Outbox,
  type Role,
} from '@udpng/core'
import type { AnyOutbox } from './fits.js'

/**
 * Joins outboxes and inboxes where one link is not enough: several outboxes that lead to one box of a graph, or an outbox that
 * leads to several inboxes. Each message that arrives in `inbox` leaves on all `outboxes` at once, within the `send` of its
 * sender: the same object, in the order in which messages are sent.
 *
 * A sender sees `full` when one of the destinations is full, so the slowest sets the pace; a destination that has ended is left out. A
 * message waits here only if another sender has filled a destination, or if its own sender does not heed backpressure. Errors of an
 * `ErrorOutbox` never wait: as everywhere, those that find a destination full are dropped and counted in `lost`.
 *
 * On producerFinished it first passes on queued messages, then it ends; on shutdownMicroprocess it ends at once, and queued messages are dropped.
 */
export class Junction extends Component {
  protected override readonly plumbing = true
  readonly inbox: Passage
  /** One for each destination. */
  readonly outboxes: readonly AnyOutbox[]
  readonly #role: Role

  /**
   * @param sources - the outboxes that are to lead here
   * @param destinations - the number of `outboxes` (default 1)
   */
  constructor(sources: readonly AnyOutbox[], destinations = 1) {
    super()
    const [{ role } = { role: 'data' as const }] = sources
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

  /** Messages pass without waiting in a box. Copies are created here, and reports are new ones, as far as accounts can see. */
  protected override accounting(): Counts {
    if (this.#role !== 'data' && this.#role !== 'report') return {}
    const { passed, waiting } = this.inbox
    const left = this.ended ? { dropped: { unread: waiting } } : { waiting }
    const counts = { in: passed + waiting, ...left }
    if (this.#role === 'report') return { ...counts, consumed: passed }
    return { ...counts, entered: passed * (this.outboxes.length - 1) }
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      this.inbox.drain()
      if (word && this.inbox.waiting === 0) return
      yield this.pause()
    }
  }
}

/** An inbox that passes messages on to outboxes. It has as much room as the fullest of their destinations. */
class Passage extends Inbox<unknown> {
  /** Messages passed on. */
  passed = 0
  /** Messages that wait. */
  waiting = 0
  protected readonly outboxes: readonly AnyOutbox[]
  /** Waits here while a destination is full, so that the senders are woken when it has room. It is not a message. */
  readonly #stopper: object = {}

  constructor(outboxes: readonly AnyOutbox[]) {
    super('What is passed on', { role: 'internal' })
    this.outboxes = outboxes
  }

  /** At least 1 while nothing waits: what another sender has filled would otherwise not wake the senders behind this inbox. */
  override get room(): number {
    return this.ready ? 0 : Math.max(1, this.leastRoom)
  }

  override deliver(message: unknown): boolean {
    if (!this.ready && this.leastRoom > 0) this.pass(message)
    else {
      super.deliver(message)
      this.waiting++
    }
    return !this.ready
  }

  /** Passes on queued messages, as far as there is room. Then the senders are woken. */
  drain(): void {
    while (this.ready && this.leastRoom > 0) {
      const message = this.recv()
      if (message === this.#stopper) continue
      this.waiting--
      this.pass(message)
    }
  }

  protected get leastRoom(): number {
    let least = Infinity
    for (const { room } of this.outboxes) least = Math.min(least, room)
    return least
  }

  protected pass(message: unknown): void {
    this.passed++
    for (const outbox of this.outboxes) outbox.send(message)
    if (!this.ready && this.leastRoom === 0) super.deliver(this.#stopper)
  }
}

/** A passage for errors. They never wait, so that no component waits for the reader of its errors. */
class ErrorPassage extends Passage {
  override get room(): number {
    return this.leastRoom
  }

  override deliver(message: unknown): boolean {
    this.pass(message)
    return true
  }

  /** Reports it once if no outbox is linked. */
  protected override pass(message: unknown): void {
    this.passed++
    const error = message as Parameters<ErrorOutbox['send']>[0]
    const outboxes = this.outboxes as readonly ErrorOutbox[]
    const linked = outboxes.filter((outbox) => outbox.linked)
    for (const outbox of linked.length > 0 ? linked : outboxes.slice(0, 1))
      outbox.report(error.code, () => error)
  }
}
