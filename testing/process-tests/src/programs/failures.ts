// Lets peers fail in every way, unobserved: neither unhandled rejection nor uncaught exception may come of it.

import type { Lookup, TransportChoice } from '@udpng/basic-peer'
import {
  type Control,
  Inbox,
  link,
  messages,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'

// What is not linked is emitted as a warning, which Node.js prints; other warnings there must not be.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'UdpngWarning') throw warning
})

const transport = process.argv[2] as TransportChoice
const host = '127.0.0.1'

const isolate = new Scheduler({ onFailure: 'isolate' })
const taken = isolate.activate(new UDPReceiver({ transport, localAddr: host }))
void isolate.run()
const [, port] = await taken.bound

// Binds that fail: the port is taken, the address is another's. `bound` is not observed.
for (const options of [
  { localAddr: host, localPort: port },
  { localAddr: '192.0.2.1' },
  { localAddr: '2001:db8::1' },
])
  for (const Peer of [SimplePeer, TargettedPeer, PostboxPeer, UDPReceiver]) {
    isolate.activate(new Peer({ transport, ...options }))
    // With "stop", only the promise of `run` rejects.
    await new Peer({ transport, ...options }).run().catch(() => {})
  }

// Look-ups that fail in every way.
const lookups: readonly Lookup[] = [
  () => {
    throw new Error('on purpose')
  },
  (_, __, answer) => answer(new Error('not found')),
  (_, __, answer) => setImmediate(() => answer(null, undefined)),
  (_, __, answer) => {
    answer(null, host)
    setImmediate(() => answer(new Error('twice')))
  },
  (_, __, answer) => setTimeout(() => answer(null, host), 50),
]
for (const lookup of lookups)
  for (const Peer of [SimplePeer, TargettedPeer, UDPSender]) {
    const to = { transport, lookup, receiverAddr: 'name.test', receiverPort: port }
    const peer = isolate.activate(new Peer(to))
    for (let i = 0; i < 10; i++) peer.inbox.deliver(`${i}`)
    setTimeout(() => peer.control.deliver(shutdownMicroprocess()), 10)
  }

// What cannot be sent, with a full box for the reports, or none.
const full = new Inbox<UdpngError>('Full', { capacity: 1, whenFull: 'throw' })
const tight = new Inbox<Control>('Full', { capacity: 1, whenFull: 'throw' })
tight.deliver(producerFinished())
for (let i = 0; i < 4; i++) {
  const postbox = isolate.activate(new PostboxPeer({ transport }))
  if (i % 2) link(postbox.errors, full)
  if (i > 1) link(postbox.signal, tight)
  for (const letter of [
    null,
    [],
    ['', 0, null],
    ['256.1.1.1', 9, 'x'],
    [host, 9, Buffer.alloc(1e6)],
    [host, 9, 'no program is there'],
    [Symbol('host'), 9, 'x'],
  ])
    postbox.inbox.deliver(letter as never)
  setTimeout(() => postbox.control.deliver(shutdownMicroprocess()), 20)
}

// Ends at every moment: before the first step, before the bind, with sends under way, by an abort.
for (let turns = 0; turns < 5; turns++) {
  const scheduler = new Scheduler()
  const abort = new AbortController()
  const sender = new UDPSender({ transport, receiverAddr: host, receiverPort: port })
  for (let i = 0; i < 500; i++) sender.inbox.deliver(`${i}`)
  scheduler.activate(sender)
  const run = scheduler.run({ signal: abort.signal })
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
  if (turns % 2) scheduler.stop()
  else abort.abort()
  await run
  sender.inbox.deliver('too late')
}

// An iteration that is left in the middle, and one that is abandoned.
const source = isolate.activate(new UDPReceiver({ transport, localAddr: host }))
const [, sourcePort] = await source.bound
const echo = isolate.activate(
  new UDPSender({ transport, receiverAddr: host, receiverPort: sourcePort }),
)
for (let i = 0; i < 100; i++) echo.inbox.deliver(`${i}`)
for await (const _ of messages(source.outbox)) break
void messages(source.outbox).next()

await new Promise((resolve) => setTimeout(resolve, 200))
isolate.stop()
await new Promise((resolve) => setTimeout(resolve, 50))
console.log('survived')
