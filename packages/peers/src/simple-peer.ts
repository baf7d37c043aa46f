import {
  type Addressed,
  CONNECTED,
  type CompleteReceiver,
  type ConnectedOptions,
  LOCAL,
  type Objection,
  QUEUE,
  type QueueOptions,
  RECEIVER,
  ReceivingPeer,
  TWO_WAY,
  type TwoWayOptions,
} from '@udpng/basic-peer'
import { type Inbox, Outbox } from '@udpng/core'
import type { Datagram, Payload } from '@udpng/datagram'

/** Options of a SimplePeer: all optional, but `receiverAddr` requires `receiverPort`. */
export type SimplePeerOptions = TwoWayOptions & ConnectedOptions & QueueOptions & CompleteReceiver

/**
 * Sends every message of `inbox` as one datagram to its receiver, and emits every datagram that
 * arrives at its port on `outbox`, as `[data, [host, port]]`: from any address, or only from its receiver (`onlyFromReceiver`).
 *
 * Without a receiver it reports each message on `errors`, and still receives. While `outbox` is full, it does not read. It stops
 * at once on shutdownMicroprocess; it continues after producerFinished unless `onProducerFinished` is "drain".
 *
 * @example
 * await new Pipeline(
 *   new ConsoleReader(),
 *   new SimplePeer({
 *     localAddr: '127.0.0.1',
 *     localPort: 1501,
 *     receiverAddr: 'myserver.com',
 *     receiverPort: 1500,
 *   }),
 *   new ConsoleEchoer(),
 * ).run()
 *
 * @see Kamaelia.Internet.UDP_ng.SimplePeer
 */
export class SimplePeer extends ReceivingPeer {
  override readonly inbox: Inbox<Payload> = this.createInbox('Data to send to the receiver')
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')

  /**
   * @param options - the local address, the receiver, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: SimplePeerOptions = {}) {
    super(options, { ...LOCAL, ...RECEIVER, ...TWO_WAY, ...CONNECTED, ...QUEUE })
  }

  /**
   * Sends one datagram to the receiver, from code outside a graph: puts it into `inbox`. It starts the peer, unless a graph does.
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

  protected override take(): Addressed | Objection | undefined {
    return this.takeFor()
  }
}
