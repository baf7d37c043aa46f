// A proxy between two UDP programs that simulates a bad network in both directions:
// --listen :7000 --to HOST:PORT --loss 10% --delay 50ms --jitter 20ms --reorder 5% --duplicate 1% --rate 1mbit --seed 7.
// Each client has a session with a socket of its own, so that replies reach it. Ctrl-C quits.

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
  new Impair(conditions) // validates the conditions at the start

  /** The path of one client to the target and back. */
  const session = (): Pipeline<
    [Impair<Buffer>, SimplePeer, Transformer<Datagram, Buffer>, Impair<Buffer>]
  > => {
    const peer = new SimplePeer({
      ...(receiverAddr !== undefined && { receiverAddr }),
      receiverPort,
      onlyFromReceiver: true, // otherwise datagrams of other hosts would reach the client as replies
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
  console.error(`sessions: ${started}, datagrams received: ${received}, sent back: ${sent}`)
} catch (error) {
  if (!(error instanceof UdpngError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
