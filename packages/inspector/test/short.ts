// A program that is inspected, and ends when its components have.

import { Scheduler } from '@udpng/core'
import { DataSource } from '@udpng/flow'
import { eventually } from 'test-support'
import { Raw } from './client.js'
import { inspecting } from './parts.js'

const scheduler = new Scheduler()
scheduler.activate(new DataSource([1, 2, 3]))
const inspector = await inspecting(scheduler)
await scheduler.run()
// A viewer that stays: by itself it would keep the program alive, and does not from here on; nor does the other end, which is here, too.
const viewer = new Raw(
  inspector.url,
  `GET /events HTTP/1.1\r\nHost: ${new URL(inspector.url).host}\r\n\r\n`,
)
await eventually(() => viewer.heard.includes('event: picture'))
console.log('seen')
viewer.socket.unref()
