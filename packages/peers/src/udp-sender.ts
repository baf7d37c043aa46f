import {
  type Addressed,
  BasicPeer,
  CONNECTED,
  type ConnectedOptions,
  type Objection,
  QUEUE,
  type QueueOptions,
  RECEIVER,
  type ReceiverOptions,
  SOURCE,
  type SourceOptions,
  sendingDgramTransport,
} from '@udpng/basic-peer'
import type { Inbox } from '@udpng/core'
import type { Payload, UnixPath } from '@udpng/datagram'

/** Options of a UDPSender: only `receiverPort` is required, 0 for no receiver; or the address of a Unix socket. */
export type UDPSenderOptions = ReceiverOptions &
  SourceOptions &
  ConnectedOptions &
  QueueOptions &
  // The compiler reports what is missing for the last one: the port.
  (
    | { readonly receiverAddr: UnixPath }
    | { readonly receiverAddr?: string; readonly receiverPort: number }
  )

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
  override readonly inbox: Inbox<Payload> = this.createInbox('Data to send to the receiver')

  /**
   * @param options - the receiver, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: UDPSenderOptions) {
    super(options, { ...RECEIVER, ...SOURCE, ...CONNECTED, ...QUEUE }, sendingDgramTransport)
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
