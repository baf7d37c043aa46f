// Sends about three datagrams a second, to each of three destinations in turn for one second. Ctrl-C quits.

import {
  ConsoleEchoer,
  Pipeline,
  runProgram,
  Scheduler,
  Ticker,
  Transformer,
  UDPReceiver,
} from 'udpng'
import { rotate } from './rotation.js'

// Three servers to send to. Each prints what it receives.
const servers = new Scheduler()
const addresses = ['first', 'second', 'third'].map((name) => {
  const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
  servers.activate(new Pipeline(receiver, new ConsoleEchoer({ tag: `${name} server: ` })))
  return receiver.bound
})
const running = servers.run()

const source = new Pipeline(
  new Ticker({ intervalMs: 300 }),
  new Transformer((tick: number) => `datagram ${tick}`),
)
await runProgram(rotate(source, await Promise.all(addresses)), { drainMs: 0 })

servers.stop()
await running
