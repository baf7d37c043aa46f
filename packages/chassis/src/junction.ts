import { Component, type Counts, ErrorOutbox, Inbox, type Main, Outbox } from '@udpng/core'
import type { AnyOutbox } from './fits.js'

/**
 * Makes one outbox of several: what is sent on those that lead to its `inbox` leaves its `outbox` at once, in the same order.
 *
 * The senders are slowed by backpressure as if each were linked to the destination itself. A message waits here only if
 * another sender has filled the destination, or if its own sender does not heed backpressure.
 *
 * On producerFinished it first passes on what is queued; on shutdownMicroprocess it ends at once, and what is queued is dropped.
 */
export class Junction extends Component {
  readonly inbox: Passage
  readonly outbox: AnyOutbox

  /** @param sources - the outboxes that are to lead here */
  constructor(sources: readonly AnyOutbox[]) {
    super()
    const doc = 'What leaves several parts'
    this.outbox = sources.every((source) => source instanceof ErrorOutbox)
      ? new ErrorOutbox(doc)
      : new Outbox(doc)
    this.inbox = new Passage(this.outbox)
  }

  /** Messages pass without waiting in a box. Reports are new ones, as far as accounts can see. */
  protected override accounting(): Counts {
    const { passed, waiting } = this.inbox
    const counts = this.ended
      ? { in: passed + waiting, dropped: { unread: waiting } }
      : { in: passed + waiting, waiting }
    return this.outbox.role === 'report' ? { ...counts, consumed: passed } : counts
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

/** An inbox that passes messages on to an outbox. It is full whenever that is. */
class Passage extends Inbox<unknown> {
  /** Messages passed on. */
  passed = 0
  /** Messages that wait. */
  waiting = 0
  readonly #outbox: AnyOutbox
  /** Waits here while the outbox is full, so that this inbox is, too. It is not a message. */
  readonly #stopper: object = {}

  constructor(outbox: AnyOutbox) {
    super('What is sent on', { capacity: 1, role: 'internal' })
    this.#outbox = outbox
  }

  override deliver(message: unknown): boolean {
    // Reports never wait.
    if (this.#outbox instanceof ErrorOutbox || (!this.ready && !this.#outbox.full))
      this.#pass(message)
    else {
      super.deliver(message)
      this.waiting++
    }
    return !this.full
  }

  /** Passes on what is queued, as far as there is room. Then the senders are woken. */
  drain(): void {
    while (this.ready && !this.#outbox.full) {
      const message = this.recv()
      if (message === this.#stopper) continue
      this.waiting--
      this.#pass(message)
    }
  }

  #pass(message: unknown): void {
    this.passed++
    if (this.#outbox instanceof ErrorOutbox) {
      const error = message as Parameters<ErrorOutbox['send']>[0]
      this.#outbox.report(error.code, () => error)
      return
    }
    this.#outbox.send(message)
    if (this.#outbox.full && !this.ready) super.deliver(this.#stopper)
  }
}
