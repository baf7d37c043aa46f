import {
  type Feed,
  feed,
  Inbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { SocketOwner } from './socket-owner.js'

/**
 * Lets code outside a graph use a peer like a socket. A peer that no graph starts is started by the first call of `open`, `send`, or
 * an iteration, on a scheduler of its own.
 *
 * A failure of such a peer, such as `BIND_FAILED`, rejects all calls that wait, and later ones. If none waits, it is an unhandled
 * rejection. A failure of a peer in a graph is that of the graph.
 */
export abstract class SocketLike extends SocketOwner {
  /** The run of a peer that was started by its own methods. */
  #run: Promise<void> | undefined
  #feed: Feed<never> | undefined
  #writable: WritableStream<never> | undefined
  /** `close` was called: it drains, whatever its options are. */
  protected isClosing = false
  /** Whether a call has thrown the failure of the run. */
  #isReported = false
  #resolveClosed!: () => void
  readonly #closed: Promise<void> = new Promise((resolve) => {
    this.#resolveClosed = resolve
  })

  /**
   * Opens and binds the socket, unless it is open already.
   *
   * @returns the local address, with the assigned port for port 0
   * @throws {UdpngError} rejects with `BIND_FAILED`, or with `NOT_BOUND` if the peer ends before
   */
  open(): Promise<Address> {
    this.start()
    return this.#reporting(this.bound)
  }

  /**
   * Closes the peer gracefully: it sends the queued messages, for at most `drainTimeoutMs`, receives for `lingerMs`, and ends.
   * Iterations still get the datagrams that it has read. Further calls wait for the same end.
   *
   * @throws {UdpngError} rejects with the failure of the peer, unless another call has thrown it
   */
  async close(): Promise<void> {
    this.isClosing = true
    if (this.activated || this.hasParent) this.control.deliver(producerFinished())
    else {
      const scheduler = new Scheduler()
      scheduler.activate(this)
      scheduler.stop()
    }
    await this.#closed
    if (!this.#isReported) await this.#run
  }

  /** Closes the peer at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  protected override onEnd(): void {
    super.onEnd()
    this.#resolveClosed()
  }

  /** Creates the inbox of the messages to send, with the options of the peer. */
  protected createInbox<T>(doc: string): Inbox<T> {
    const { capacity, whenFull } = this.settings
    return new Inbox(doc, { ...(capacity && { capacity }), ...(whenFull && { whenFull }) })
  }

  /** Starts the peer, unless it was started or a graph will start it. */
  protected start(): void {
    if (!this.activated && !this.hasParent) this.#run = this.run()
  }

  /** The run that `start` has begun. It rejects with the failure of the peer, which counts as reported then. */
  protected get ownRun(): PromiseLike<void> | undefined {
    const run = this.#run
    // Lazy: a failure that no call waits for is not reported.
    // biome-ignore lint/suspicious/noThenProperty: it is a promise
    return run && { then: (resolve, reject) => this.#reporting(run).then(resolve, reject) }
  }

  /**
   * Puts a message into the inbox.
   *
   * @returns resolves when the socket is open and the inbox has room; rejects if the peer fails or ends before
   */
  protected enqueue<T>(inbox: Inbox<T>, message: T): Promise<void> {
    this.start()
    if (this.ended) return this.#reporting(this.#refusal())
    this.#feed ??= feed(inbox)
    const taken = (this.#feed as Feed<T>).send(message)
    return this.socket && !inbox.full ? taken : this.#reporting(this.#outcome(taken))
  }

  /** The stream that puts its chunks into the inbox. Its close is that of the peer; its abort shuts the peer down at once. */
  protected streamTo<T>(inbox: Inbox<T>): WritableStream<T> {
    this.#writable ??= new WritableStream<T>({
      write: (message: T) => this.enqueue(inbox, message),
      close: () => this.close(),
      abort: (cause) => {
        this.control.deliver(shutdownMicroprocess({ cause }))
      },
    })
    return this.#writable as WritableStream<T>
  }

  async #outcome(taken: Promise<void>): Promise<void> {
    try {
      await Promise.all([this.bound, taken])
    } catch (error) {
      await this.#run // its failure is the reason
      throw error
    }
  }

  async #refusal(): Promise<never> {
    await this.#run
    throw new UdpngError('NOT_BOUND', `cannot send: ${this.name} has ended`, {
      component: this.name,
    })
  }

  /** Notes that the failure of a promise is that of the run, which the caller gets. */
  async #reporting<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise
    } catch (error) {
      this.#isReported = true
      this.#run?.catch(() => {})
      throw error
    }
  }
}
