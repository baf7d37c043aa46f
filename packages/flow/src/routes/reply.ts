import type { Datagram, Letter } from '@udpng/datagram'
import { Transformer } from '../transforms/transformer.js'

/**
 * Turns each datagram `[data, [host, port]]` into a letter `[host, port, data]`: the same data, back to the sender. Linked between
 * the `outbox` and the `inbox` of a PostboxPeer, it makes an echo server.
 *
 * @example
 * await new Graphline(
 *   { UDP: new PostboxPeer({ localAddr: '127.0.0.1', localPort: 1500 }), ANSWER: new Reply() },
 *   { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
 * ).run()
 */
export class Reply extends Transformer<Datagram, Letter> {
  constructor() {
    super(([data, [host, port]]) => [host, port, data])
  }
}
