import type { Outbox } from '@udpng/core'
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

  /** Only if `onProducerFinished` is "drain": the peers of the original continue. */
  protected override get drains(): boolean {
    return this.settings.onProducerFinished === 'drain'
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
