// Takes over a socket of its parent process, answers one datagram through it, and ends. Prints the address, or why it cannot.

import type { TransportChoice } from '@udpng/basic-peer'
import { messages, producerFinished } from '@udpng/core'
import { type Family, formatAddress } from '@udpng/datagram'
import { PostboxPeer } from '@udpng/peers'

const [transport, fd, family] = process.argv.slice(2)
const peer = new PostboxPeer({
  transport: transport as TransportChoice,
  fd: Number(fd),
  family: Number(family) as Family,
  onProducerFinished: 'drain',
})
const received = messages(peer.outbox)
const run = peer.run()
try {
  console.log(formatAddress(await peer.bound))
  for await (const [data, [host, port]] of received) {
    peer.inbox.deliver([host, port, `${data} back`])
    peer.control.deliver(producerFinished())
  }
} catch (error) {
  console.log((error as Error).message)
}
await run.catch(() => {}) // `bound` rejects with the same
