// Reads lines 1, 2, 3, ... much slower than they can be written; reports how many came in order, and the memory it took.

import { ConsoleReader } from '@udpng/console'
import { Component, Inbox, link, type Main, Scheduler } from '@udpng/core'

class Counter extends Component {
  readonly inbox: Inbox<string> = new Inbox('Lines')
  count = 0
  override *main(): Main {
    let finishing = false
    for (;;) {
      for (const line of this.inbox) {
        this.count++
        if (Number.parseInt(line, 10) !== this.count)
          throw new Error(`${line} is not ${this.count}`)
      }
      if (finishing) return
      finishing = this.readControl() !== undefined
      yield* this.sleep(1)
    }
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
const before = megabytes(process.memoryUsage.rss())
const scheduler = new Scheduler()
const reader = scheduler.activate(new ConsoleReader())
const counter = scheduler.activate(new Counter())
link(reader.outbox, counter.inbox)
link(reader.signal, counter.control)
await scheduler.run()
const peak = Math.round(process.resourceUsage().maxRSS / 1024)
console.log(JSON.stringify({ count: counter.count, grownMegabytes: peak - before }))
