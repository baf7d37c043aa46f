import {
  type Addressed,
  BasicPeer,
  CONNECTED,
  type ConnectedOptions,
  type Objection,
  RECEIVER,
  type ReceiverOptions,
  SOURCE,
  type SourceOptions,
  sendingDgramTransport,
} from '@udpng/basic-peer'
import { Inbox } from '@udpng/core'
import type { Payload } from '@udpng/datagram'

/** Options of a UDPSender: only `receiverPort` is required. */
export interface UDPSenderOptions extends ReceiverOptions, SourceOptions, ConnectedOptions {
  /** Port to send to, 0-65535 (0: no receiver). */
  readonly receiverPort: number
}

/**
 * Sends every message of `inbox` as one datagram to its receiver, from `localAddr` and `localPort`; without them the system
 * chooses. It emits nothing.
 *
 * Without a receiver it reports each message on `errors`. It stops at once on shutdownMicroprocess; on producerFinished it drains,
 * for at most `drainTimeoutMs`, and ends.
 *
 * @example
 * await new Pipeline(new ConsoleReader(), new UDPSender({ receiverPort: 1500 })).run()
 *
 * @see Kamaelia.Internet.UDP_ng.UDPSender
 */
export class UDPSender extends BasicPeer {
  override readonly inbox: Inbox<Payload> = new Inbox('Data to send to the receiver')

  /**
   * @param options - the receiver, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: UDPSenderOptions) {
    super(options, { ...RECEIVER, ...SOURCE, ...CONNECTED }, sendingDgramTransport)
  }

  protected override take(): Addressed | Objection | undefined {
    return this.takeFor()
  }
}
