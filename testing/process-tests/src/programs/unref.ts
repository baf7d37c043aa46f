// A process does not wait for peers that are unref'd: before the bind or after it.

import type { TransportChoice } from '@udpng/basic-peer'
import { Scheduler } from '@udpng/core'
import { UDPReceiver, UDPSender } from '@udpng/peers'

const transport = process.argv[2] as TransportChoice
const scheduler = new Scheduler()
const receiver = new UDPReceiver({ transport, localAddr: '127.0.0.1' }).unref()
scheduler.activate(receiver)
void scheduler.run()
const [receiverAddr, receiverPort] = await receiver.bound

const sender = scheduler.activate(new UDPSender({ transport, receiverAddr, receiverPort }))
await sender.bound
// It waits for the sender; this timer alone would not be waited for.
setTimeout(() => {
  console.log('waited')
  sender.unref()
}, 50).unref()

process.on('exit', () => console.log(`ended: ${receiver.ended}`))
