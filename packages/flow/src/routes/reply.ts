import { type Datagram, type Letter, replySource } from '@udpng/datagram'
import { Transformer } from '../transforms/transformer.js'

/**
 * Turns each datagram `[data, [host, port]]` into a letter `[host, port, data]`: the same data, back to the sender. Linked between
 * the `outbox` and the `inbox` of a PostboxPeer, it makes an echo server.
 *
 * If the datagram has details, the letter has a fourth element: the address that the datagram was sent to. The reply then comes from
 * there, also on a host with several addresses. To a multicast or broadcast address there is none, and the system chooses.
 *
 * @example
 * await new Graphline(
 *   { UDP: new PostboxPeer({ localAddr: '127.0.0.1', localPort: 1500 }), ANSWER: new Reply() },
 *   { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
 * ).run()
 */
export class Reply extends Transformer<Datagram, Letter> {
  constructor() {
    super(([data, [host, port], details]) => {
      const local = replySource(details)
      return local === undefined ? [host, port, data] : [host, port, data, local]
    })
  }
}
