import { type Control, type Counts, type Main, producerFinished, UdpngError } from '@udpng/core'
import { show } from '@udpng/core/options'
import { type Address, kindOfHost, type Payload } from '@udpng/datagram'
import { countsOf } from './counts-of.js'
import { connectFailure } from './failures.js'
import type { Objection } from './names.js'
import { objectionTo } from './objection-to.js'
import { DEFAULT_DRAIN_TIMEOUT_MS } from './options.js'
import { SendBuffer } from './send-buffer.js'
import { SocketLike } from './socket-like.js'
import type { Parcel } from './transport.js'

/** A message to send with its destination, unchecked. */
export interface Addressed {
  readonly host: string
  readonly port: number
  readonly data: Payload
  /** The address of this host to send it from: an IP literal of the family (default: that of the socket, or the system's choice). */
  readonly local?: string
}

/** Maximum number of parcels in one run. */
const SEND_RUN = 256
/** Timeout for the outcomes of pending sends after the close, milliseconds. */
const OUTCOME_TIMEOUT_MS = 1000
/** Maximum number of messages taken in one step. */
const MAX_PER_STEP = 1024

/**
 * Sends the messages that `take` returns through a UDP socket, which it opens, binds and closes. The base class of all peers. A
 * subclass defines only which message goes where: `take` returns the next message and its destination. A peer that receives
 * extends ReceivingPeer and has an `outbox`.
 *
 * Every datagram is sent, or counted in `stats`. One that cannot be sent is reported on `errors`; the others
 * are unaffected. While `outbox` is full, nothing is read; while the socket would block,
 * nothing is taken from `inbox`.
 *
 * On shutdownMicroprocess it closes at once. On producerFinished it sends the queued messages, for at most
 * `drainTimeoutMs`, and ends; a ReceivingPeer continues unless `onProducerFinished` is "drain".
 *
 * The protected boxes and methods are for authors of peers; users of a peer use its boxes.
 *
 * @see Kamaelia.Internet.UDP_ng.BasicPeer
 */
export abstract class BasicPeer extends SocketLike {
  /** Messages to send. */
  readonly #buffer: SendBuffer = new SendBuffer()
  /** The message whose host is being looked up. */
  #held: Addressed | undefined
  /** The last source address that was accepted. */
  #source: string | undefined
  /** Time at which the drain ends, once it has begun. */
  #drainBy: number | undefined
  /** Messages that `safeSend` took: they came through no inbox. */
  #unasked = 0

  protected override accounting(): Counts {
    const pending = this.socket?.pending ?? 0
    return countsOf(this.counts, {
      unasked: this.#unasked,
      waiting: this.ended ? pending : this.waiting + pending,
      receives: this.outbox !== undefined,
      kernelDrops: this.outbox && this.socket?.kernelDrops,
    })
  }

  /** Whether it sends the queued messages, lingers and ends on producerFinished. */
  protected get drains(): boolean {
    return true
  }

  /** Number of messages taken and not sent yet. */
  protected override get waiting(): number {
    return this.#buffer.length + (this.#held ? 1 : 0)
  }

  /** Returns the next message to send and its destination, or the reason why it cannot be sent; undefined if there is none. */
  protected abstract take(): Addressed | Objection | undefined

  /**
   * Optional. Decides what happens to a message whose host is being looked up. False, or without this method: BasicPeer holds it
   * and takes no other until the host is known. True: the subclass has parked it, and the next message is taken.
   */
  protected postpone?(message: Addressed): boolean

  /** Optional. Called when the look-up of a host has finished. */
  protected onResolved?(host: string): void

  /**
   * Optional, only in a ReceivingPeer; other peers read nothing. Reads datagrams and emits them on `outbox`, until the batch is
   * complete, the socket is empty or `outbox` is full.
   *
   * @param unasked - whether to read without waiting for the requested notice
   * @returns what stopped it: `batch`, `socket` or `room`
   */
  protected recvLoop?(unasked: boolean): 'batch' | 'socket' | 'room'

  override *main(): Main {
    if (typeof this.take !== 'function')
      throw new UdpngError(
        'BAD_ACTIVATION',
        'BasicPeer has no take(): use SimplePeer, TargettedPeer, PostboxPeer, UDPSender or UDPReceiver',
      )
    this.setupSelector()
    const early = yield* this.#findReceiver()
    if (early) return early
    this.safeBind(this.settings.local)
    const word = yield* this.#work()
    this.socket?.close()
    yield* this.#settle()
    return word
  }

  /**
   * Sends one datagram, whole or not at all. Never throws: a datagram that cannot be sent is reported on `errors`.
   *
   * @returns false if the datagram was not taken, because the socket is not open or would block, or because a look-up is pending
   */
  protected safeSend(data: Payload, [host, port]: Address): boolean {
    if (!this.socket || this.#held || !this.#flush()) return false
    this.#post({ host, port, data })
    if (!this.#flush()) {
      this.#buffer.pop()
      return false
    }
    this.#unasked++
    return true
  }

  /**
   * Sends the send buffer, then the inbox, until all is sent or the socket would block.
   *
   * @returns whether it stopped before that, after 1024 messages in one step
   */
  protected sendLoop(): boolean {
    for (let left = MAX_PER_STEP; left > 0 && !this.#buffer.blocked; left--) {
      const message = this.#held ?? this.take()
      this.#held = undefined
      if (message) this.#post(message)
      if (!message || this.#held) {
        this.#flush()
        return false
      }
      if (this.#buffer.length >= SEND_RUN) this.#flush()
    }
    return !this.#buffer.blocked
  }

  /**
   * The next message of `inbox`, addressed. Without a receiver, none can be sent.
   *
   * @param receiver - its destination (default: the current receiver)
   * @returns undefined if `inbox` is empty; without a receiver, the reason `NO_RECEIVER`
   */
  protected takeFor(
    receiver: Address | undefined = this.receiver,
  ): Addressed | Objection | undefined {
    if (!this.inbox?.ready) return undefined
    const data = this.inbox.recv()
    return receiver
      ? { host: receiver[0], port: receiver[1], data }
      : { code: 'NO_RECEIVER', why: 'cannot send: give receiverAddr and receiverPort' }
  }

  /**
   * Looks up the receiver, if the socket is to be connected to it.
   *
   * @returns the last control message, if it must end before
   * @throws {UdpngError} if it has no address
   */
  *#findReceiver(): Generator<undefined, Control | undefined, void> {
    const { connected, receiver, drainTimeoutMs = DEFAULT_DRAIN_TIMEOUT_MS } = this.settings
    if (!connected || !receiver) return undefined
    const [host, port] = receiver
    for (;;) {
      const now = this.beginStep()
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word && this.drains) this.#drainBy ??= now + drainTimeoutMs
      const endAt = this.#drainBy ?? Infinity
      for (const _ of this.news); // notices that a look-up is over
      const found = this.resolve(host)
      if (typeof found === 'string') this.peer = [found, port]
      else if (found) throw this.failBound(connectFailure(receiver, found))
      if (this.peer) return undefined
      if (now >= endAt) return producerFinished()
      yield this.pause(Math.min(endAt, this.lookupDue) - now)
    }
  }

  /** Sends and receives until it must end. Returns the last control message. */
  *#work(): Generator<undefined, Control, void> {
    const { drainTimeoutMs = DEFAULT_DRAIN_TIMEOUT_MS, lingerMs = 0 } = this.settings
    let endAt = Infinity
    let draining = false
    for (;;) {
      const now = this.beginStep()
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word && this.drains && endAt === Infinity) {
        draining = true
        endAt = this.#drainBy ??= now + drainTimeoutMs
      }
      this.#hear()
      const more = this.sendLoop()
      const read = this.recvLoop?.(endAt < Infinity) ?? 'socket'
      if (this.fault) throw this.fault
      const queued = this.waiting + (this.socket?.pending ?? 0) + (this.inbox?.length ?? 0)
      if (draining && !queued && read === 'socket') {
        draining = false
        endAt = now + lingerMs
      }
      if (now >= endAt) return producerFinished()
      // A notice that was delivered within this step, by a look-up, has not woken this peer.
      yield more || read === 'batch' || this.news.ready
        ? undefined
        : this.pause(Math.min(endAt, this.lookupDue) - now)
    }
  }

  /** After the close, waits for the outcomes of pending sends, for at most `OUTCOME_TIMEOUT_MS`. */
  *#settle(): Generator<undefined, void, void> {
    const { clock } = this.scheduler
    const endAt = clock.now() + OUTCOME_TIMEOUT_MS
    for (;;) {
      const pending = this.socket?.pending ?? 0
      const left = endAt - clock.now()
      if (pending > 0 && left <= 0)
        this.fail(
          new UdpngError(
            'TRANSPORT_FAILED',
            `the transport breaks its contract: ${pending} datagrams without an outcome ${OUTCOME_TIMEOUT_MS} ms after the close`,
          ),
        )
      if (this.fault) throw this.fault
      if (pending === 0) return
      yield this.pause(left)
    }
  }

  /** Takes the notices of the Selector and of callbacks. */
  #hear(): void {
    for (const notice of this.writeReady) {
      this.#buffer.blocked = false
      if (notice !== true) this.fail(notice)
    }
    for (const host of this.news) if (host !== undefined) this.onResolved?.(host)
  }

  /** Checks a message and puts it into the send buffer, or parks it during a look-up. */
  #post(message: Addressed | Objection): void {
    if ('code' in message) {
      this.refuse(message.code, message.why)
      return
    }
    const { host, port, data, local } = message
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const found =
      objectionTo(bytes, port, this.settings) ??
      (local === undefined ? undefined : this.#objectionToSource(local)) ??
      this.resolve(host)
    if (typeof found === 'string')
      this.#buffer.push(
        found === host && bytes === data
          ? (message as Parcel)
          : { host: found, port, data: bytes, ...(local !== undefined && { local }) },
      )
    else if (found)
      this.refuse(found.code, `cannot send to ${show(host)}:${show(port)}: ${found.why}`, {
        address: host,
        port,
        cause: found.cause,
      })
    else if (!this.postpone?.(message)) this.#held = message
  }

  /** Returns why nothing can be sent from this address, as far as that is known here. Most letters have the address of the last one. */
  #objectionToSource(local: string): Objection | undefined {
    const { family, unix } = this.settings
    if (local === this.#source) return undefined
    if (!unix && kindOfHost(local) !== family) {
      const why = `the source address ${show(local)} must be an IPv${family} address of this host`
      return { code: 'BAD_ADDRESS', why }
    }
    const objection = this.socket?.sourceObjection
    if (!objection) this.#source = local
    return objection
  }

  /** Passes the send buffer to the socket. False if it would block. */
  #flush(): boolean {
    if (this.#buffer.flush(this.socket)) this.ask('write', this.writeReady)
    return this.#buffer.length === 0
  }
}
