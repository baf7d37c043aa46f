// Writes each line of standard input to standard output.

import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import { link, Scheduler } from '@udpng/core'

const scheduler = new Scheduler()
const reader = scheduler.activate(new ConsoleReader())
const echoer = scheduler.activate(new ConsoleEchoer())
link(reader.outbox, echoer.inbox)
link(reader.signal, echoer.control)
await scheduler.run()
