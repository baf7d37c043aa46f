// Sends datagrams to a port: for each line of its input as many as that says. Prints then how many it has sent in all.

import { createInterface } from 'node:readline'
import { Scheduler } from '@udpng/core'
import { UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'

const receiverPort = Number(process.argv[2])
const sender = new UDPSender({ receiverAddr: '127.0.0.1', receiverPort, transport: 'dgram' })
const scheduler = new Scheduler()
scheduler.activate(sender)
void scheduler.run()
let count = 0
for await (const line of createInterface(process.stdin)) {
  const due = count + Number(line)
  for (; count < due; count++) sender.inbox.deliver(String(count))
  await eventually(() => sender.stats.sent === count, 'that all are sent', 60_000)
  console.log(JSON.stringify({ sent: count }))
}
scheduler.stop()
