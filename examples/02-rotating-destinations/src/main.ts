// Three datagrams a second, changing between three destinations, once per second. Ctrl-C ends it.

import { ConsoleEchoer, Pipeline, Ticker, Transformer, UDPReceiver } from 'udpng'
import { rotate } from './rotation.js'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
const { signal } = stop

// Three servers, so that there is somebody to send to: each shows what it gets.
const servers = ['first', 'second', 'third'].map((name) => {
  const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
  const run = new Pipeline(receiver, new ConsoleEchoer({ tag: `${name} server: ` })).run({ signal })
  return { address: receiver.bound, run }
})
const destinations = await Promise.all(servers.map(({ address }) => address))

const source = new Pipeline(
  new Ticker({ intervalMs: 300 }),
  new Transformer((tick: number) => `datagram ${tick}`),
)
await Promise.all([rotate(source, destinations).run({ signal }), ...servers.map(({ run }) => run)])
