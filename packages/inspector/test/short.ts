// A program that is inspected, and ends when its components have.

import { Scheduler } from '@udpng/core'
import { DataSource } from '@udpng/flow'
import { Events } from './client.js'
import { inspecting } from './parts.js'

const scheduler = new Scheduler()
scheduler.activate(new DataSource([1, 2, 3]))
const inspector = await inspecting(scheduler)
await scheduler.run()
const events = await Events.open(inspector.url, '/events')
await events.have('picture')
console.log('seen')
events[Symbol.dispose]()
