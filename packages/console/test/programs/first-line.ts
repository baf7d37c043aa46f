// Writes the first line of standard input, then ends its reader, and has nothing more to do. The argument says how.

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
  readonly inbox: Inbox<string> = new Inbox('Lines', { capacity: 1 })
  readonly stop: Outbox<Control> = new Outbox('To the reader')
  override *main(): Main {
    while (!this.inbox.full) yield this.pause()
    // Meanwhile standard input goes to rest, with more than this line in it.
    if (process.argv[2] === 'shutdown under backpressure') yield* this.sleep(50)
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
