// Sends "hello" to three servers and shows what they answer, until Ctrl-C; with --drain it ends by itself.

import {
  ConsoleEchoer,
  type Datagram,
  Graphline,
  type Letter,
  Pipeline,
  PostboxPeer,
  Transformer,
} from 'udpng'
import { greet } from './greetings.js'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
const { signal } = stop

// Three servers, so that there is somebody to greet.
const servers = ['first', 'second', 'third'].map((name) => {
  const peer = new PostboxPeer({ localAddr: '127.0.0.1' })
  const answer = new Transformer(
    ([data, [host, port]]: Datagram): Letter => [host, port, `${data} from the ${name} server`],
  )
  const run = new Graphline(
    { UDP: peer, ANSWER: answer },
    { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
  ).run({ signal })
  return { address: peer.bound, run }
})
const destinations = await Promise.all(servers.map(({ address }) => address))

const drain = process.argv.includes('--drain')
const greetings = drain
  ? greet(destinations, { onProducerFinished: 'drain', lingerMs: 300 })
  : greet(destinations)
await new Pipeline(greetings, new ConsoleEchoer()).run({ signal })

stop.abort()
await Promise.all(servers.map(({ run }) => run))
