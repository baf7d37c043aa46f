import { type Clock, type Main, Scheduler, systemClock } from '@udpng/core'
import { expect, it } from 'vitest'
import { Part } from './part.js'

/** Steps after which the part ends: without turns of the event loop it would do all of them. */
const MAX_STEPS = 3_000_000

it.each([-3_600_000, -100_000])(
  'SCH-25 a clock that steps by %i ms leaves I/O and timers their turn',
  async (step) => {
    let offset = 0
    const clock: Clock = { ...systemClock, now: () => performance.now() + offset }
    const scheduler = new Scheduler({ clock })
    let steps = 0
    scheduler.activate(
      new Part(function* (): Main {
        while (steps++ < MAX_STEPS) {
          // In the middle of a slice.
          if (steps === 10_000) offset += step
          yield
        }
      }),
    )
    const over = scheduler.run()
    const turn = (): Promise<number> =>
      new Promise((resolve) => setTimeout(() => resolve(steps), 1))
    await turn()
    offset += step
    for (let i = 0; i < 5; i++) expect(await turn()).toBeLessThan(MAX_STEPS)
    steps = MAX_STEPS
    await over
  },
)
