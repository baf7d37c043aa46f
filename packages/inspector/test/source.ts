// Sends so many datagrams to a port, so many a second, and ends. What was late is made up for.

import { Pipeline } from '@udpng/chassis'
import { Component, type Main, Outbox } from '@udpng/core'
import { UDPSender } from '@udpng/peers'

const [receiverPort = 0, count = 0, perSecond = 0] = process.argv.slice(2).map(Number)

class Paced extends Component {
  readonly outbox: Outbox<string> = new Outbox('Numbers')
  override *main(): Main {
    const began = performance.now()
    for (let sent = 0; sent < count; yield this.pause(2)) {
      const due = Math.min(count, ((performance.now() - began) / 1000) * perSecond)
      for (; sent < due; sent++) this.outbox.send(String(sent))
    }
  }
}

const sender = new UDPSender({ receiverAddr: '127.0.0.1', receiverPort, transport: 'dgram' })
await new Pipeline(new Paced(), sender).run()
console.log(JSON.stringify({ sent: sender.stats.sent }))
