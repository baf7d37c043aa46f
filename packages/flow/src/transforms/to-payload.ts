import { type Payload, payloadOf } from '@udpng/datagram'
import { textOf } from './text-of.js'
import { Transformer } from './transformer.js'

/**
 * Turns each message into a payload: a datagram or a letter into its payload, anything else into text. Text and bytes pass
 * unchanged.
 *
 * @example
 * await new Pipeline(
 *   new UDPReceiver({ localPort: 1514 }),
 *   new ToPayload(),
 *   new UDPSender({ receiverAddr: 'collector.example.org', receiverPort: 514 }),
 * ).run()
 */
export class ToPayload extends Transformer<unknown, Payload> {
  constructor() {
    super((message) => payloadOf(message) ?? textOf(message))
  }
}
