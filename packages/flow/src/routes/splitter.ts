import {
  Component,
  type Control,
  type Counts,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { mustBe, show } from '@udpng/core/options'

/** A sink, with the outboxes that feed it. */
interface Sink<T> {
  readonly outbox: Outbox<T>
  readonly signal: Outbox<Control>
}

/** Maximum number of messages per step: then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Sends every message of `inbox` to all its sinks: the same objects, in order.
 *
 * The slowest sink sets the pace: while any sink is full, no message is taken, so no sink loses one. A
 * sink that drops when full, or whose component has ended, does not block the others. Without sinks, messages
 * are discarded and counted.
 *
 * On producerFinished it passes on the queued messages and ends; on shutdownMicroprocess it ends at once.
 * Either way, each sink with a `control` gets the last message of `signal` there, once.
 *
 * @example
 * const splitter = new Splitter<Datagram>()
 * splitter.add(echoer.inbox, echoer.control)
 * splitter.add(recorder.inbox, recorder.control)
 *
 * @see Kamaelia.Util.Splitter
 */
export class Splitter<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages for all sinks')
  readonly #sinks = new Map<unknown, Sink<T>>()
  #sinksEver = 0
  /** Copies sent, beyond the first of each message. */
  #copies = 0
  /** Messages taken while there was no sink. */
  #discarded = 0
  /** The last message for the sinks; this one if the splitter is closed from outside. */
  #farewell: Control = shutdownMicroprocess()

  /**
   * Adds an inbox as a sink, before the start or while the splitter runs: it gets all messages taken from now on.
   * Adding a sink twice has no effect. If the splitter has ended, `control` gets its last message at once.
   *
   * @param inbox - the destination; it must accept all messages of this splitter
   * @param control - gets the last message of the splitter (default: none)
   * @throws {UdpngError} `BAD_LINK` for a value that is not an inbox; then nothing changes
   */
  add<U>(inbox: [T] extends [U] ? Inbox<U> : never, control?: Inbox<Control>): void {
    for (const box of [inbox, control ?? inbox])
      if (!(box instanceof Inbox))
        throw new UdpngError(
          'BAD_LINK',
          `cannot add a sink to ${this.name}: the sink is ${show(box)}; ${mustBe('an inbox', box)}`,
        )
    if (this.ended) control?.deliver(this.#farewell)
    if (this.ended || this.#sinks.has(inbox)) return
    const number = ++this.#sinksEver
    const outbox = this.adopt(`outbox${number}`, new Outbox<T>('Messages for a sink'))
    const signal = this.adopt(
      `signal${number}`,
      new Outbox<Control>('Why it ended, for a sink', { role: 'control' }),
    )
    this.#sinks.set(inbox, { outbox, signal })
    if (control) link(signal, control)
    link(outbox, inbox as Inbox<unknown>, () => {
      try {
        // At its own end, for whatever reason: the first of the two boxes is cut, the other one can still send.
        if (this.ended) signal.send(this.#farewell)
      } finally {
        this.remove(inbox)
      }
    })
  }

  /** Removes a sink. It keeps the messages that it has. Removing an inbox that is not a sink has no effect. */
  remove<U>(inbox: Inbox<U>): void {
    const sink = this.#sinks.get(inbox)
    if (!sink) return
    this.#sinks.delete(inbox)
    this.release(sink.outbox)
    this.release(sink.signal)
  }

  protected override accounting(): Counts {
    return { entered: this.#copies, dropped: { unlinked: this.#discarded } }
  }

  override *main(): Main {
    for (let steps = 1; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') {
        this.#farewell = word
        return word
      }
      if (word && !this.inbox.ready) {
        this.#farewell = producerFinished()
        return
      }
      if (!this.inbox.ready || this.#heldUp()) yield this.pause()
      else {
        const message = this.inbox.recv() as T
        if (this.#sinks.size === 0) this.#discarded++
        else this.#copies += this.#sinks.size - 1
        for (const { outbox } of this.#sinks.values()) outbox.send(message)
        if (steps++ % MESSAGES_PER_STEP === 0) yield
      }
    }
  }

  #heldUp(): boolean {
    for (const { outbox } of this.#sinks.values()) if (outbox.full) return true
    return false
  }
}
