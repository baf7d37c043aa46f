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

/** Messages per step; then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Sends every message of `inbox` to all its sinks: the same objects, in order.
 *
 * The slowest sink sets the pace: nothing is taken while any sink is full, so none loses a message. A
 * sink that drops when full, or whose component has ended, does not block other senders. Without sinks messages
 * are discarded.
 *
 * On producerFinished it first passes on queued messages, on shutdownMicroprocess it ends at once.
 * Either way each sink that gave its `control` gets there, once, the message that leaves on `signal`.
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
  /** Messages sent beyond the first of each. */
  #copies = 0
  /** Messages taken while there was no sink. */
  #discarded = 0
  /** The message for the sinks at the end: this one, when it is closed from outside. */
  #farewell: Control = shutdownMicroprocess()

  /**
   * Adds an inbox as a sink, before the start or while it runs: it gets all messages that are taken from now on.
   * Adding a sink twice has no effect. Once the splitter has ended, `control` gets its last message at once.
   *
   * @param inbox - the destination; it must accept all messages of this splitter
   * @param control - gets the last message of the splitter; optional
   * @throws {UdpngError} `BAD_LINK` for a value that is not an inbox; then nothing is changed
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
        // Its own end, however it came: the first of the two boxes is cut, the other one can still speak.
        if (this.ended) signal.send(this.#farewell)
      } finally {
        this.remove(inbox)
      }
    })
  }

  /** Removes a sink, which keeps the messages it has; removing an inbox that is not a sink has no effect. */
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
