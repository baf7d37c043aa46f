// A system under attack: what comes is counted. Prints its address, and, when it is asked to end, what it has received.

import { createInterface } from 'node:readline'
import { Pipeline } from '@udpng/chassis'
import { Scheduler } from '@udpng/core'
import { UDPReceiver } from '@udpng/peers'
import { inspecting, Taker } from './parts.js'

const receiver = new UDPReceiver({
  localAddr: '127.0.0.1',
  transport: 'dgram',
  recvBufferSize: 1 << 20,
})
const taker = new Taker()
const scheduler = new Scheduler()
scheduler.activate(new Pipeline(receiver, taker))
void scheduler.run()
const [, port] = await receiver.bound
const inspector = await inspecting(scheduler)
console.log(JSON.stringify({ port, url: inspector.url }))
for await (const _ of createInterface(process.stdin)) {
  const { received, kernelDrops } = receiver.stats
  console.log(JSON.stringify({ received, kernelDrops: kernelDrops?.about, taken: taker.taken }))
}
