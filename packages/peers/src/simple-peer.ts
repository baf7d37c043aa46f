import {
  type Addressed,
  CONNECTED,
  type CompleteReceiver,
  type ConnectedOptions,
  LOCAL,
  type Objection,
  RECEIVER,
  ReceivingPeer,
  TWO_WAY,
  type TwoWayOptions,
} from '@udpng/basic-peer'
import { Inbox, Outbox } from '@udpng/core'
import type { Datagram, Payload } from '@udpng/datagram'

/** Options of a SimplePeer: all optional, but `receiverAddr` requires `receiverPort`. */
export type SimplePeerOptions = TwoWayOptions & ConnectedOptions & CompleteReceiver

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
  override readonly inbox: Inbox<Payload> = new Inbox('Data to send to the receiver')
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')

  /**
   * @param options - the local address, the receiver, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: SimplePeerOptions = {}) {
    super(options, { ...LOCAL, ...RECEIVER, ...TWO_WAY, ...CONNECTED })
  }

  protected override take(): Addressed | Objection | undefined {
    return this.takeFor()
  }
}
