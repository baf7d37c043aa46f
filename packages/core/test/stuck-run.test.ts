import { Inbox, link, Scheduler } from '@udpng/core'
import { ManualClock, turn } from 'test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doing, forever, Part } from './part.js'

/** Its inbox is full with two messages. */
class Bounded extends Part {
  override readonly inbox: Inbox<unknown> = new Inbox('Two', { capacity: 2 })
}

class Joint extends Bounded {
  protected override readonly plumbing = true
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

describe('a run with an empty event loop', () => {
  /** The warnings of a run when no timer or socket is left. */
  async function warningsOf(scheduler: Scheduler): Promise<unknown[][]> {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const others = process.listeners('beforeExit')
    const over = scheduler.run()
    await turn()
    for (const listener of process.listeners('beforeExit'))
      if (!others.includes(listener)) listener.call(process, 0)
    scheduler.stop()
    await over
    expect(process.listeners('beforeExit')).toEqual(others)
    return emit.mock.calls
  }

  /** The lines about components, of which each stands for itself. */
  async function linesOf(...parts: readonly Part[]): Promise<string[]> {
    const scheduler = new Scheduler({ clock: new ManualClock() })
    for (const part of parts) scheduler.activate(part)
    const [[text] = []] = await warningsOf(scheduler)
    return String(text).split('\n').slice(1)
  }

  it('SCH-23 does not warn if the process may end: a component is unref', async () => {
    class Background extends Part {
      protected override readonly isUnref: boolean = true
    }
    class Foreground extends Background {
      protected override readonly isUnref = false
    }
    for (const [last, warnings] of [
      [new Background(forever), 0],
      [new Foreground(forever), 1],
    ] as const) {
      const scheduler = new Scheduler({ clock: new ManualClock() })
      for (const part of [new Part(forever), last]) scheduler.activate(part)
      expect(await warningsOf(scheduler)).toHaveLength(warnings)
      vi.restoreAllMocks()
    }
  })

  it('SCH-23 SCH-26 warns once: each component, its messages, and the full inboxes that it waits for', async () => {
    const scheduler = new Scheduler({ clock: new ManualClock() })
    const first = scheduler.activate(new Part(forever, 'FIRST'))
    const last = scheduler.activate(new Bounded(forever, 'LAST'))
    const [idle, joint] = [new Joint(), new Joint()]
    for (const part of [idle, joint]) scheduler.activate(part)
    scheduler.service('clock', () => new Part())
    scheduler.activate(new Part((self) => self.sleep(60_000)))
    scheduler.activate(new Part((self) => self.until(new Promise<void>(() => {}))))
    link(first.outbox, last.inbox)
    link(joint.outbox, idle.inbox) // which has room
    for (const message of ['one', 'two']) first.outbox.send(message)
    joint.inbox.deliver('one')
    expect(await warningsOf(scheduler)).toEqual([
      [
        'a run cannot go on: every component waits, and no timer or socket is left that could wake one\n' +
          '  FIRST (Part): paused, outbox full at LAST.inbox\n' +
          '  LAST (Bounded): paused, 2 in inbox\n' +
          '  Joint#2: paused, 1 in inbox\n' +
          '  Part#2: in sleep() or until()\n' +
          '  Part#3: in sleep() or until()',
        { type: 'UdpngWarning', code: 'UDPNG_STUCK' },
      ],
    ])
  })

  it.each([
    [20, '  Part#20: paused'],
    [21, 'and 1 more'],
    [25, 'and 5 more'],
  ])('SCH-23 of %i components it names 20, and the number of the others', async (count, end) => {
    const lines = await linesOf(...Array.from({ length: count }, () => new Part()))
    expect(lines.slice(0, 20)).toEqual(
      Array.from({ length: 20 }, (_, i) => `  Part#${i + 1}: paused`),
    )
    expect(lines.at(-1)).toBe(end)
    expect(lines).toHaveLength(Math.min(count, 21))
  })

  it('SCH-23 does not warn when the run is over', async () => {
    expect(await linesOf(new Part(doing(() => {})))).toEqual([])
  })
})

it('SCH-23 any number of runs under way is not a leak of listeners, and the limit is then as it was', async () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const before = process.getMaxListeners()
  try {
    process.setMaxListeners(5)
    const schedulers = Array.from({ length: 20 }, () => new Scheduler())
    const runs = schedulers.map((scheduler) => {
      scheduler.activate(new Part())
      return scheduler.run()
    })
    for (const scheduler of schedulers) scheduler.stop()
    await Promise.all(runs)
    expect(emit.mock.calls).toEqual([])
    expect(process.getMaxListeners()).toBe(5)
    // One that is set during a run does not become 0, which would mean unlimited.
    const over = new Part(doing(() => {})).run()
    process.setMaxListeners(1)
    await over
    expect(process.getMaxListeners()).toBe(1)
  } finally {
    process.setMaxListeners(before)
  }
})

describe('NODE_DEBUG=udpng', () => {
  let scheduler: Scheduler
  let part: Part
  let written: string[]

  beforeEach(() => {
    vi.stubEnv('NODE_DEBUG', 'udpng')
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    written = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    scheduler = new Scheduler({ clock: new ManualClock() })
    part = scheduler.activate(new Part())
  })

  /** What is written within 5 s. */
  function lookedAt(): string[] {
    vi.advanceTimersByTime(5000)
    return written.splice(0)
  }

  const idle = (waits: string) => [`UDPNG: no component has made a step for 5 s\n  ${waits}\n`]

  it('SCH-24 prints what each component waits for, once until the next step', async () => {
    const over = scheduler.run()
    await turn()
    expect(lookedAt()).toEqual([]) // it has just made its first step
    expect(lookedAt()).toEqual(idle('Part#1: paused'))
    expect(lookedAt()).toEqual([])
    part.inbox.deliver('a message')
    expect(lookedAt()).toEqual([]) // its step is due
    await turn()
    expect(lookedAt()).toEqual([])
    expect(lookedAt()).toEqual(idle('Part#1: paused, 1 in inbox'))
    scheduler.stop()
    await over
    expect([lookedAt(), vi.getTimerCount()]).toEqual([[], 0])
  })

  it.each([
    ['net,UDPNG', 1],
    ['noudpng', 0],
    ['', 0],
    [undefined, 0],
  ])('SCH-24 %j has %i timers that print', async (value, timers) => {
    vi.stubEnv('NODE_DEBUG', value)
    const over = scheduler.run()
    expect(vi.getTimerCount()).toBe(timers)
    scheduler.stop()
    await over
  })

  it('SCH-24 its timer does not keep the process alive', async () => {
    const set = vi.spyOn(globalThis, 'setInterval')
    const over = scheduler.run()
    expect(set.mock.results.map(({ value }) => value.hasRef())).toEqual([false])
    scheduler.stop()
    await over
  })

  it('SCH-24 a timer may also be a number, as in other runtimes', async () => {
    const { setInterval } = globalThis
    vi.spyOn(globalThis, 'setInterval').mockImplementation(((look: () => void, ms: number) =>
      Number(setInterval(look, ms))) as never)
    const over = scheduler.run()
    await turn()
    lookedAt()
    expect(lookedAt()).toEqual(idle('Part#1: paused'))
    scheduler.stop()
    await over
    expect(vi.getTimerCount()).toBe(0)
  })
})
