// An echo server: sends every datagram back to its sender. Argument: [port], default 1500. Ctrl-C quits.

import {
  type Datagram,
  formatAddress,
  Graphline,
  type Letter,
  PostboxPeer,
  runUntilInterrupted,
  Transformer,
  UdpngError,
} from 'udpng'

const [port = '1500'] = process.argv.slice(2)

try {
  const peer = new PostboxPeer({
    localAddr: '127.0.0.1', // an open echo server can be abused for reflection
    localPort: Number(port),
    recvBufferSize: 1024 * 1024,
    // After an interrupt, received datagrams are still answered.
    onProducerFinished: 'drain',
    lingerMs: 100,
  })
  const answer = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
  const server = new Graphline(
    { UDP: peer, ANSWER: answer },
    { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox', 'UDP.signal': 'ANSWER.control' },
  )
  peer.bound.then(
    (address) => console.error(`echoing on ${formatAddress(address)}`),
    () => {}, // the run rejects, too
  )
  await runUntilInterrupted(server)
  const { received, sent } = peer.stats
  console.error(`${received} datagrams received, ${sent} sent back`)
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
