import {
  type Addressed,
  type CompleteReceiver,
  LOCAL,
  type Objection,
  portObjection,
  QUEUE,
  type QueueOptions,
  RECEIVER,
  ReceivingPeer,
  TWO_WAY,
  type TwoWayOptions,
} from '@udpng/basic-peer'
import { type Counts, type Inbox, Outbox } from '@udpng/core'
import { show } from '@udpng/core/options'
import type { Address, Datagram, Payload } from '@udpng/datagram'
import { TargetInbox } from './target-inbox.js'

/** Options of a TargettedPeer: all optional, but `receiverAddr` requires `receiverPort`. */
export type TargettedPeerOptions = TwoWayOptions & QueueOptions & CompleteReceiver

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
  override readonly inbox: Inbox<Payload> = this.createInbox('Data to send to the receiver')
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
    super(options, { ...LOCAL, ...RECEIVER, ...TWO_WAY, ...QUEUE })
  }

  /**
   * Sends one datagram to the current receiver, from code outside a graph: puts it into `inbox`. It starts the peer, unless a graph does.
   *
   * @returns resolves when the socket is open and there is room for the next one: awaiting it applies backpressure. It does not report
   *   the fate of the datagram: that is in `stats` and on `errors`.
   * @throws {UdpngError} rejects with the failure of the peer, such as `BIND_FAILED`; `NOT_BOUND` if the peer has ended
   */
  send(data: Payload): Promise<void> {
    return this.enqueue(this.inbox, data)
  }

  /** A web stream of payloads to send. Its close closes the peer gracefully; its abort, at once. */
  get writable(): WritableStream<Payload> {
    return this.streamTo(this.inbox)
  }

  /** A target that became the receiver is consumed. */
  protected override accounting(): Counts {
    const counts = super.accounting()
    return { ...counts, consumed: (counts.consumed ?? 0) + this.#aimed }
  }

  protected override take(): Addressed | Objection | undefined {
    while (this.target.ready && (!this.#receiver || this.target.due)) {
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
        const objection = portObjection(port, this.settings.unix)
        if (objection) return objection.why
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
