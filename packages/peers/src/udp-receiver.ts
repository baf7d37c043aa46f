import { LOCAL, type LocalOptions, ReceivingPeer } from '@udpng/basic-peer'
import { Outbox } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'

/** Options of a UDPReceiver: all optional. */
export interface UDPReceiverOptions extends LocalOptions {}

/**
 * Emits every datagram that arrives at its port on `outbox`, with its sender, as `[data, [host, port]]`. It never sends one.
 *
 * While `outbox` is full, it does not read. It stops at once on shutdownMicroprocess; it continues after
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
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: UDPReceiverOptions = {}) {
    super(options, LOCAL)
  }

  protected override take(): undefined {}
}
