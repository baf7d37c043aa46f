// Writes lines without end.

import { ConsoleEchoer } from '@udpng/console'
import { Component, link, type Main, Outbox, Scheduler } from '@udpng/core'

class Flood extends Component {
  readonly outbox: Outbox<string> = new Outbox('Lines')
  override *main(): Main {
    try {
      for (let i = 0; ; i++) {
        while (this.outbox.full) yield this.pause()
        this.outbox.send(`line ${i}\n`)
      }
    } finally {
      if (process.send) process.send('flood closed')
    }
  }
}

const scheduler = new Scheduler()
const flood = scheduler.activate(new Flood())
const echoer = scheduler.activate(new ConsoleEchoer())
link(flood.outbox, echoer.inbox)
await scheduler.run()
