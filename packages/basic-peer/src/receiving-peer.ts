import { messages, type Outbox } from '@udpng/core'
import type { OptionTable } from '@udpng/core/options'
import { type Address, AddressSet, type Datagram } from '@udpng/datagram'
import { BasicPeer } from './basic-peer.js'
import { debug } from './debug.js'
import { dgramTransport } from './dgram-transport.js'
import { membership } from './multicast-options.js'
import type { LocalOptions, ReceiverOptions } from './peer-options.js'
import type { Membership } from './transport.js'
import { zoneNumber } from './zones.js'

/** Maximum number of datagrams in one read. */
const READ_BATCH = 256

/**
 * Reads datagrams from the socket into `outbox`, and sends as BasicPeer does. While `outbox` is full, it does not read.
 *
 * It is a class of its own so that a peer that only sends does not load it.
 */
export abstract class ReceivingPeer extends BasicPeer {
  abstract override readonly outbox: Outbox<Datagram>
  #askedToRead = false
  /** The datagrams for code outside a graph. */
  #datagrams: AsyncIterator<Datagram, undefined> | undefined
  #readable: ReadableStream<Datagram> | undefined
  /** The current receiver, an IP literal, and the set of that one address. */
  #known: { readonly host: string; readonly port: number; readonly set: AddressSet } | undefined

  /**
   * @param options - the options given to the peer
   * @param own - the options of this kind of peer, in addition to the common ones
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(options: LocalOptions & ReceiverOptions, own: OptionTable<object>) {
    super(options, own, dgramTransport)
  }

  /**
   * Yields each datagram that arrives, as `[data, [host, port]]`, to code outside a graph. It starts the peer, unless a graph does.
   * `outbox` must not be linked.
   *
   * Datagrams that arrive while none is read wait for this iteration or a later one: at most 1024, then the peer stops reading its
   * socket. `break` does not close the peer. Several iterations share the datagrams. The iteration ends when the peer has ended.
   *
   * @throws {UdpngError} `BOX_ALREADY_LINKED` if `outbox` feeds a component; rejects with the failure of the peer, such as
   *   `BIND_FAILED`, unless it is part of a graph
   * @example
   * for await (const [data, [host, port]] of new UDPReceiver({ localPort: 5140 })) console.log(host, port, data.toString())
   */
  [Symbol.asyncIterator](): AsyncIterator<Datagram, undefined> {
    this.start()
    this.#datagrams ??= messages(this.outbox)
    const datagrams = this.#datagrams
    return {
      next: () => datagrams.next(),
      return: async () => ({ done: true, value: undefined }),
    }
  }

  /** The datagrams as a web stream: the same ones as of an iteration. Its cancel closes the peer. */
  get readable(): ReadableStream<Datagram> {
    this.#readable ??= this.#createReadable()
    return this.#readable
  }

  /**
   * Joins a multicast group. To join groups when the socket opens, use the option `multicast`.
   *
   * @param group - an IP literal, or a `Membership`: with an interface, or a source
   * @throws {UdpngError} `BAD_OPTION`; `NOT_BOUND` before the peer is bound and after its end; `UNSUPPORTED` if its transport cannot
   *   do it; `MEMBERSHIP_FAILED` with the system's error: EADDRINUSE if it has joined already
   */
  join(group: string | Membership): void {
    this.#changeMembership('join', group)
  }

  /**
   * Leaves a multicast group that it has joined with the same interface and source.
   *
   * @param group - an IP literal, or a `Membership`
   * @throws {UdpngError} as `join`; `MEMBERSHIP_FAILED` with EADDRNOTAVAIL if it has not joined
   */
  leave(group: string | Membership): void {
    this.#changeMembership('leave', group)
  }

  /** From the start, datagrams wait for an iteration, unless `outbox` is linked. */
  protected override start(): void {
    super.start()
    const run = this.ownRun
    if (run && !this.outbox.linked) this.#datagrams ??= messages(this.outbox, { run })
  }

  /** Only if `onProducerFinished` is "drain", or `close` was called: otherwise the peers of the original continue. */
  protected override get drains(): boolean {
    return this.isClosing || this.settings.onProducerFinished === 'drain'
  }

  /** Binds, and reports `BUFFER_CLAMPED` if the kernel granted less than `recvBufferSize`. */
  protected override safeBind(address: Address): void {
    super.safeBind(address)
    const { recvBufferSize: asked = 0 } = this.settings
    const real = this.socket?.recvBufferSize ?? asked
    if (real < asked)
      this.report(
        'BUFFER_CLAMPED',
        `recvBufferSize is ${real}, not ${asked}: raise net.core.rmem_max`,
      )
  }

  protected override recvLoop(unasked = false): 'batch' | 'socket' | 'room' {
    for (const notice of this.readReady) {
      this.#askedToRead = false
      if (notice !== true) this.fail(notice)
    }
    const { onlyFromReceiver, connected } = this.settings
    // Before a socket is connected, it may get datagrams from anywhere.
    const senders = onlyFromReceiver || connected ? this.#senders() : undefined
    if (this.#askedToRead && !unasked) return 'socket'
    const { outbox, counts } = this
    const wanted = Math.min(READ_BATCH, outbox.room)
    if (!wanted) return 'room'
    const batch = this.safeRecv(wanted)
    let done = 0
    try {
      for (const datagram of batch) {
        if (senders && !senders.has(datagram[1])) counts.dropped.foreign++
        else {
          outbox.send(datagram)
          counts.received++
          counts.receivedBytes += datagram[0].length
        }
        done++
      }
    } finally {
      counts.dropped.unread += batch.length - done // the inbox behind `outbox` threw
    }
    if (batch.length >= wanted) return 'batch'
    this.#askedToRead = true
    this.ask('read', this.readReady)
    return 'socket'
  }

  #createReadable(): ReadableStream<Datagram> {
    const datagrams = this[Symbol.asyncIterator]()
    return new ReadableStream<Datagram>(
      {
        async pull(controller) {
          const { done, value } = await datagrams.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: () => this.close(),
      },
      { highWaterMark: 0 },
    )
  }

  #changeMembership(call: 'join' | 'leave', given: string | Membership): void {
    const checked = membership(`${call} a group`, given, this.settings.family)
    const { group } = checked
    this.change('MEMBERSHIP_FAILED', `${call} ${group}`, (socket) => socket[call](checked), group)
  }

  /**
   * The addresses whose datagrams are emitted: that of the current receiver; none while it is not known. A name that was never
   * found is looked up, even if nothing is sent.
   */
  #senders(): AddressSet {
    const [name, port] = this.receiver ?? ['', 0]
    const host = this.lastResolved(name)
    if (host === undefined) {
      this.resolve(name)
      return new AddressSet([])
    }
    if (host !== this.#known?.host || port !== this.#known.port)
      this.#known = { host, port, set: new AddressSet([[host, port]], zoneNumber) }
    return this.#known.set
  }

  /** Reads at most `max` datagrams, without blocking. A receive error is counted; never throws. */
  protected safeRecv(max: number): readonly Datagram[] {
    try {
      return this.socket?.read(max) ?? []
    } catch (error) {
      this.counts.receiveErrors++
      debug(error)
      return []
    }
  }
}
