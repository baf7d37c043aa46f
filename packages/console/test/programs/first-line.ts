// Writes the first line of standard input, then shuts its reader down and has nothing more to do.

import { ConsoleReader } from '@udpng/console'
import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'

class First extends Component {
  readonly inbox: Inbox<string> = new Inbox('Lines')
  readonly stop: Outbox<Control> = new Outbox('To the reader')
  override *main(): Main {
    while (!this.inbox.ready) yield this.pause()
    process.stdout.write(`first: ${this.inbox.recv()}`)
    this.stop.send(process.argv[2] === 'finish' ? producerFinished() : shutdownMicroprocess())
  }
}

const scheduler = new Scheduler()
const reader = scheduler.activate(new ConsoleReader({ prompt: '? ' }))
const first = scheduler.activate(new First())
link(reader.outbox, first.inbox)
link(first.stop, reader.control)
await scheduler.run()
