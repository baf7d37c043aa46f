import { type Clock, type Main, Scheduler, shutdownMicroprocess, systemClock } from '@udpng/core'
import { activeResources, eventually, turn } from 'test-support'
import { describe, expect, it, vi } from 'vitest'
import { doing, noting, obedient, Part, start } from './part.js'

/** A clock that stands still until a test sets `ms`. A step takes 1 µs of it. */
class StillClock implements Clock {
  ms = 0

  now(): number {
    return this.ms
  }

  after(ms: number, callback: () => void): () => void {
    return systemClock.after(ms, callback)
  }
}

describe('slices of a run', () => {
  it('SCH-06 when the clock steps back, the slice ends', async () => {
    const clock = new StillClock()
    clock.ms = 1e6
    let steps = 0
    let turned = false
    const part = new Part(function* (): Main {
      for (; !turned && steps < 50_000; steps++) {
        if (steps === 1000) clock.ms = 0
        yield
      }
    })
    setImmediate(() => {
      turned = true
    })
    await part.run({ clock })
    expect(steps).toBeLessThan(50_000)
  })

  it('SCH-06 in a row of long turns of I/O, each is followed by a slice that is as long, even if no work was left before', async () => {
    const clock = new StillClock()
    let steps = 0
    const part = new Part(function* (self): Main {
      while (!self.readControl()) {
        for (const count of self.inbox) for (let i = 0; i < (count as number); i++, steps++) yield
        yield self.pause()
      }
    })
    const run = part.run({ clock })
    for (let i = 0; i < 3; i++) await turn()
    const worked: number[] = []
    for (const work of [20_000, 10_000, 10_000, 10_000, 10_000, 10_000]) {
      const before = steps
      clock.ms += 30
      part.inbox.deliver(work)
      await turn()
      worked.push(Math.round((steps - before) / 1000))
    }
    // The first turn is not measured: no slice came before it.
    expect(worked).toEqual([5, 25, 10, 10, 10, 10])
    part.control.deliver(shutdownMicroprocess())
    await run
  })

  it.each([0, 50])(
    'SCH-08 %d ms after its last step, an idle run does not turn the event loop by itself',
    async (ms) => {
      const clock = new StillClock()
      const part = new Part(obedient)
      const run = part.run({ clock })
      await turn()
      part.inbox.deliver(1)
      await Promise.resolve()
      clock.ms += ms
      await turn()
      const set = vi.spyOn(globalThis, 'setImmediate')
      for (let i = 0; i < 10; i++) await turn()
      const own = set.mock.calls.length - 10 // those of `turn`
      set.mockRestore()
      expect(own).toBeLessThanOrEqual(3)
      part.control.deliver(shutdownMicroprocess())
      await run
    },
  )

  it('SCH-01 a run that step() ended makes no further step: what is activated then waits for the next run', async () => {
    const scheduler = start(new Part(doing(() => {})))
    const run = scheduler.run()
    scheduler.step()
    const next = scheduler.activate(new Part(doing(() => {})))
    await run
    for (let i = 0; i < 3; i++) await turn()
    expect(next.ended).toBe(false)
    await scheduler.run()
    expect(next.ended).toBe(true)
  })

  it('SCH-01 a run whose last step took long leaves no immediate', async () => {
    const clock = new StillClock()
    const immediates = (): number => activeResources().filter((kind) => kind === 'Immediate').length
    const before = immediates()
    const scheduler = new Scheduler({ clock })
    scheduler.activate(
      new Part(
        doing(() => {
          clock.ms += 10
        }),
      ),
    )
    await scheduler.run()
    expect(immediates()).toBe(before)
  })

  it('SCH-09 one callback that wakes many components queues one microtask', async () => {
    const log: unknown[] = []
    const parts = Array.from({ length: 100 }, (_, n) => new Part(noting(log, n)))
    const scheduler = start(...parts)
    const run = scheduler.run()
    await eventually(() => log.length === 100 && scheduler.idle)
    const queue = vi.spyOn(globalThis, 'queueMicrotask')
    for (const part of parts) part.inbox.deliver(1)
    expect(queue).toHaveBeenCalledTimes(1)
    queue.mockRestore()
    scheduler.stop()
    await run
  })

  it('SCH-08 during a run, the scheduler is idle while no component is awake', async () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    const scheduler = new Scheduler({ clock: new StillClock() })
    scheduler.activate(part)
    const run = scheduler.run()
    const seen = [scheduler.idle]
    await turn()
    seen.push(scheduler.idle)
    part.inbox.deliver(1)
    seen.push(scheduler.idle)
    await turn()
    seen.push(scheduler.idle)
    expect([seen, log.length]).toEqual([[false, true, false, true], 2])
    scheduler.stop()
    await run
  })
})
