import { setTimeout as delay } from 'node:timers/promises'
import { Component, Inbox, type Main, Scheduler } from 'udpng'
import type { Numbers } from './worker.js'

/** The least that is of use: one box for work, and the two that all have. */
export class Idle extends Component {
  readonly inbox: Inbox<number> = new Inbox('Work')

  override *main(): Main {
    for (;;) {
      for (const _ of this.inbox);
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

function liveBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The job of a worker: creates paused components; reports the memory of each, and the CPU time of all. */
export async function pause(options: { count: number; watchMs: number }): Promise<Numbers> {
  const { count, watchMs } = options
  const scheduler = new Scheduler()
  const before = liveBytes()
  for (let i = 0; i < count; i++) scheduler.activate(new Idle())
  const run = scheduler.run()
  await delay(500) // all have made their first step
  const bytes = (liveBytes() - before) / count
  await delay(100)
  const { user, system } = process.cpuUsage()
  await delay(watchMs)
  const used = process.cpuUsage({ user, system })
  const cpuPercent = (100 * (used.user + used.system)) / 1000 / watchMs
  scheduler.stop()
  await run
  return { bytesEach: bytes, cpuPercent }
}
