// Sends "hello" to three servers and prints their replies, until Ctrl-C; with --drain it ends by itself.

import {
  ConsoleEchoer,
  type Datagram,
  Graphline,
  type Letter,
  Pipeline,
  PostboxPeer,
  runProgram,
  Scheduler,
  Transformer,
} from 'udpng'
import { greet } from './greetings.js'

// Three servers to greet.
const servers = new Scheduler()
const addresses = ['first', 'second', 'third'].map((name) => {
  const peer = new PostboxPeer({ localAddr: '127.0.0.1' })
  const answer = new Transformer(
    ([data, [host, port]]: Datagram): Letter => [host, port, `${data} from the ${name} server`],
  )
  servers.activate(
    new Graphline(
      { UDP: peer, ANSWER: answer },
      { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
    ),
  )
  return peer.bound
})
const running = servers.run()

const drain = process.argv.includes('--drain')
const greetings = greet(
  await Promise.all(addresses),
  drain ? { onProducerFinished: 'drain', lingerMs: 300 } : {},
)
await runProgram(new Pipeline(greetings, new ConsoleEchoer()), { drainMs: 0 })

servers.stop()
await running
