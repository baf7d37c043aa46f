import {
  type Addressed,
  type CompleteReceiver,
  LOCAL,
  type Objection,
  RECEIVER,
  ReceivingPeer,
  TWO_WAY,
  type TwoWayOptions,
} from '@udpng/basic-peer'
import { type Counts, Inbox, Outbox } from '@udpng/core'
import { show } from '@udpng/core/options'
import { type Address, type Datagram, isPort, type Payload } from '@udpng/datagram'
import { TargetInbox } from './target-inbox.js'

/** Options of a TargettedPeer: all optional, but `receiverAddr` requires `receiverPort`. */
export type TargettedPeerOptions = TwoWayOptions & CompleteReceiver

/**
 * Sends every message of `inbox` as one datagram to its current receiver, which a `[host, port]` in
 * `target` replaces, and emits every datagram that arrives at its port on `outbox`, as `[data, [host, port]]`: from any address, or
 * only from its current receiver (`onlyFromReceiver`).
 *
 * A new target applies to messages enqueued after it. Messages enqueued
 * before any receiver is known wait for the first target. While `outbox` is full, it does not read. It stops at once on
 * shutdownMicroprocess; it continues after producerFinished unless `onProducerFinished` is "drain".
 *
 * @example
 * await new Graphline(
 *   { SOURCE: source, SELECT: selector, UDP: new TargettedPeer() },
 *   { 'SOURCE.outbox': 'UDP.inbox', 'SELECT.outbox': 'UDP.target' },
 * ).run()
 *
 * @see Kamaelia.Internet.UDP_ng.TargettedPeer
 */
export class TargettedPeer extends ReceivingPeer {
  override readonly inbox: Inbox<Payload> = new Inbox('Data to send to the receiver')
  readonly target: TargetInbox = new TargetInbox(() => this.inbox)
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')
  #receiver: Address | undefined = this.settings.receiver
  /** Targets that became the receiver. */
  #aimed = 0

  /**
   * @param options - the local address, the first receiver, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: TargettedPeerOptions = {}) {
    super(options, { ...LOCAL, ...RECEIVER, ...TWO_WAY })
  }

  /** A target that became the receiver is consumed. */
  protected override accounting(): Counts {
    const counts = super.accounting()
    return { ...counts, consumed: (counts.consumed ?? 0) + this.#aimed }
  }

  protected override take(): Addressed | Objection | undefined {
    while (this.target.ready && (!this.#receiver || this.target.since <= this.inbox.taken)) {
      const target: unknown = this.target.recv()
      const why = this.#aim(target)
      if (why) return { code: 'BAD_ADDRESS', why: `cannot aim at ${show(target)}: ${why}` }
    }
    return this.#receiver && this.takeFor()
  }

  protected override get receiver(): Address | undefined {
    return this.#receiver
  }

  /** Makes a target the receiver, or returns why it is invalid, as far as that is known without a look-up. */
  #aim(target: unknown): string | undefined {
    try {
      if (Array.isArray(target) && target.length === 2) {
        const [host, port] = target as [string, number]
        if (!isPort(port, 1)) return 'the port must be a whole number from 1 to 65535'
        const found = this.resolve(host, false)
        if (typeof found === 'object' && found.code === 'BAD_ADDRESS') return found.why
        this.#receiver = [host, port]
        this.#aimed++
        return undefined
      }
    } catch {
      // A proxy can be an array and throw when it is read.
    }
    return 'a target must be [host, port]'
  }
}
