import { LOCAL, type LocalOptions, ReceivingPeer } from '@udpng/basic-peer'
import { Outbox } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'

/** Options of a UDPReceiver: all optional. */
export interface UDPReceiverOptions extends LocalOptions {}

/**
 * Emits every datagram that arrives at its port, with its sender. It never sends one.
 *
 * While its outbox is full it does not read. Stops at once on shutdownMicroprocess; continues after
 * producerFinished unless `onProducerFinished` is "drain".
 *
 * @example
 * await new Pipeline(new UDPReceiver({ localPort: 1501 }), new ConsoleEchoer()).run()
 *
 * @see Kamaelia.Internet.UDP_ng.UDPReceiver
 */
export class UDPReceiver extends ReceivingPeer {
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')

  /**
   * @param options - the local address, and options of the socket
   * @throws {UdpngError} `BAD_OPTION`, naming the option, its value, and what is allowed
   */
  constructor(options: UDPReceiverOptions = {}) {
    super(options, LOCAL)
  }

  protected override take(): undefined {}
}
