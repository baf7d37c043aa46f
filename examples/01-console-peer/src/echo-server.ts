import {
  type Address,
  type Datagram,
  Graphline,
  type Letter,
  PostboxPeer,
  Transformer,
} from 'udpng'

/** An echo server: sends every datagram back to its sender, until `signal` aborts. */
export function startEchoServer(
  localAddr: string,
  localPort: number,
  signal: AbortSignal,
): Promise<Address> {
  const peer = new PostboxPeer({ localAddr, localPort })
  const answer = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
  const server = new Graphline(
    { UDP: peer, ANSWER: answer },
    { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
  )
  server.run({ signal }).catch(() => {}) // `bound` rejects, too
  return peer.bound
}
