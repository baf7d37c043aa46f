import { parentPort, Worker } from 'node:worker_threads'
import type { TransportChoice } from '@udpng/basic-peer'
import { eventually } from 'test-support'
import { Traffic } from '../traffic.js'
import { type Outcome, Steady, worksAfterMs } from './outcome.js'

/** What a worker does. */
export interface Task {
  readonly transport: TransportChoice
  readonly port: number
  /** How it ends, in the middle of a flood. */
  readonly how: (typeof WAYS)[number]
}

const WAYS = ['terminate', 'exit', 'throw'] as const

/** Has workers that end in the middle of a flood; then their port is free, and other threads are unaffected. */
export async function workers(transport: TransportChoice, port = '', times = ''): Promise<Outcome> {
  const steady = await Steady.begin(transport)
  const recoveryMs: number[] = []
  for (let i = 0; i < Number(times); i++) {
    const task: Task = { transport, port: Number(port), how: WAYS[i % WAYS.length] ?? 'exit' }
    const worker = new Worker(new URL(import.meta.url), { workerData: task })
    const ended = new Promise((resolve) => worker.on('exit', resolve))
    worker.on('error', () => {}) // those that throw: that may come before what they said
    await Promise.race([new Promise((resolve) => worker.on('message', resolve)), ended])
    if (task.how === 'terminate') void worker.terminate()
    await steady.send(10)
    await ended
    recoveryMs.push(await worksAfterMs(transport, task.port))
    await steady.send(10)
  }
  await steady.end()
  return { recoveryMs, wrong: [] }
}

/** Floods itself, says so, and ends. */
export async function work({ transport, port, how }: Task): Promise<void> {
  const traffic = await Traffic.begin(transport, { localPort: port })
  traffic.flood(() => true)
  await eventually(() => traffic.take() > 0 && traffic.account.received > 1000, 'a flood')
  parentPort?.postMessage('under way')
  if (how === 'exit') process.exit(0)
  if (how === 'throw') throw new Error('on purpose')
  await eventually(() => traffic.take() < 0, 'to be terminated')
}
