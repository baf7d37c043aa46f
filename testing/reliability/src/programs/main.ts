// Programs to which something happens while they run, and what they then tell: main.mjs NAME TRANSPORT ...

import { isMainThread, workerData } from 'node:worker_threads'
import type { TransportChoice } from '@udpng/basic-peer'
import { calls } from './calls.js'
import { descriptors } from './descriptors.js'
import { echo } from './echo.js'
import { refusal } from './refusal.js'
import { signals } from './signals.js'
import { type Task, work, workers } from './workers.js'

const programs: Readonly<
  Record<string, (transport: TransportChoice, ...words: string[]) => Promise<unknown>>
> = { calls, descriptors, echo, refusal, signals, workers }

if (isMainThread) {
  const [name = '', transport, ...words] = process.argv.slice(2)
  const told = await programs[name]?.(transport as TransportChoice, ...words)
  if (told !== undefined) console.log(JSON.stringify(told))
} else await work(workerData as Task)
