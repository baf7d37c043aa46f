// Stands between two UDP programs, and does to their datagrams what a bad network does, in both directions:
// --listen :7000 --to HOST:PORT --loss 10% --delay 50ms --jitter 20ms --reorder 5% --duplicate 1% --rate 1mbit --seed 7.
// Each source has a session of its own, with a socket of its own, so that answers find their way back. Ctrl-C ends it.

import { Impair, Random } from '@udpng/simulation'
import {
  type Datagram,
  formatAddress,
  Graphline,
  Pipeline,
  PostboxPeer,
  runUntilInterrupted,
  Sessions,
  SimplePeer,
  Transformer,
  UdpngError,
} from 'udpng'
import { readArguments } from './arguments.js'

const BUFFER_BYTES = 4 * 1024 * 1024

try {
  const { listen, to, seed, conditions } = readArguments()
  const [localAddr, localPort] = listen
  const [receiverAddr, receiverPort] = to
  const random = new Random(seed)
  const impair = (name: string): Impair<Buffer> =>
    new Impair<Buffer>({ ...conditions, seed: random.fork(name).seed })
  new Impair(conditions) // checks the conditions at the start

  /** To the other program and back. */
  const session = (): Pipeline<
    [Impair<Buffer>, SimplePeer, Transformer<Datagram, Buffer>, Impair<Buffer>]
  > => {
    const peer = new SimplePeer({
      ...(receiverAddr !== undefined && { receiverAddr }),
      receiverPort,
      onlyFromReceiver: true, // the answers of any other would reach the client
      recvBufferSize: BUFFER_BYTES,
      onProducerFinished: 'drain',
    })
    const number = sessions.stats.started
    return new Pipeline(
      impair(`${number} there`),
      peer,
      new Transformer(([data]: Datagram) => data),
      impair(`${number} back`),
    )
  }

  const peer = new PostboxPeer({
    localAddr: localAddr ?? '127.0.0.1',
    localPort,
    recvBufferSize: BUFFER_BYTES,
  })
  const sessions = new Sessions(session)
  const proxy = new Graphline(
    { UDP: peer, SESSIONS: sessions },
    { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
  )
  peer.bound.then(
    (address) => console.error(`listening on ${formatAddress(address)}`),
    () => {}, // the run rejects, too
  )
  await runUntilInterrupted(proxy, { drainMs: 0 })
  const { started, received, sent } = sessions.stats
  console.error(`${started} sessions: ${received} datagrams came, ${sent} were sent back`)
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
