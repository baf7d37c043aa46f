import {
  type Address,
  type Datagram,
  isPort,
  type Letter,
  LOCAL,
  type LocalOptions,
  type Payload,
  RECEIVER,
  type ReceiverOptions,
  ReceivingPeer,
} from '@udpng/basic-peer'
import { Inbox, Outbox } from '@udpng/core'
import { TargetInbox } from './target-inbox.js'

/** Options of a TargettedPeer: all optional. */
export interface TargettedPeerOptions extends LocalOptions, ReceiverOptions {}

/**
 * Sends every message of its inbox as one datagram to its present receiver, which a `[host, port]` in
 * `target` replaces, and emits every datagram that arrives at its port.
 *
 * A message is addressed when it is put in: a target counts for what is put in after it. What comes
 * before any receiver is known waits for the first target. Stops at once on shutdownMicroprocess; goes on
 * after producerFinished unless `onProducerFinished` is "drain".
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
  readonly target: TargetInbox = new TargetInbox(this.inbox)
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')
  #receiver: Address | undefined = this.receiver

  /**
   * @param options - where to bind, whom to send to at first, and what the socket is like
   * @throws {UdpngError} `BAD_OPTION`, naming the option, its value, and what is allowed
   */
  constructor(options: TargettedPeerOptions = {}) {
    super(options, { ...LOCAL, ...RECEIVER })
  }

  protected override take(): Letter | undefined {
    while (this.target.ready && (!this.#receiver || this.target.since <= this.inbox.taken)) {
      const target = this.target.recv()
      const objection = this.#objection(target)
      if (objection) this.refuse('BAD_ADDRESS', `a target must be [host, port]: ${objection}`)
      else this.#receiver = target
    }
    return this.#receiver && this.takeFor(this.#receiver)
  }

  /** Why it is no destination, as far as that can be told without waiting for a look-up. */
  #objection(target: unknown): string | undefined {
    if (!Array.isArray(target) || target.length !== 2) return 'it is something else'
    if (!isPort(target[1], 1)) return 'the port is not from 1 to 65535'
    const found = this.resolve(target[0])
    return typeof found === 'object' && found.code === 'BAD_ADDRESS' ? found.why : undefined
  }
}
