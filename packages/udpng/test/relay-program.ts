import {
  type Datagram,
  Graphline,
  Pipeline,
  PostboxPeer,
  Sessions,
  SimplePeer,
  Transformer,
} from 'udpng'

// A relay to 127.0.0.1 at the port of its first argument, on the transport of its second. It prints its port, and, when its
// standard input ends, what it counted.
const [port, transport] = process.argv.slice(2)
const UDP = new PostboxPeer({
  localAddr: '127.0.0.1',
  transport: transport as 'dgram',
  recvBufferSize: 4_000_000,
})
const SESSIONS = new Sessions(
  () =>
    new Pipeline(
      new SimplePeer({
        receiverAddr: '127.0.0.1',
        receiverPort: Number(port),
        transport: transport as 'dgram',
        onProducerFinished: 'drain',
      }),
      new Transformer(([data]: Datagram) => data),
    ),
)
const stop = new AbortController()
const run = new Graphline(
  { UDP, SESSIONS },
  { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
).run({ signal: stop.signal })
console.log(`port ${(await UDP.bound)[1]}`)
process.stdin
  .on('end', () => stop.abort())
  .on('data', () => {
    const { started, ended } = SESSIONS.stats
    console.log(`living ${started - ended} after ${SESSIONS.stats.received}`)
  })
await run
console.log(JSON.stringify({ udp: UDP.stats, sessions: SESSIONS.stats }))
