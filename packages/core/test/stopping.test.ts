import { Component, type Main, Scheduler } from '@udpng/core'
import { ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { cycles, doing, forever, Part, start } from './part.js'

/** Starts its successor when it ends, whatever the reason. */
class Restarting extends Component {
  static ends = 0
  static starts = 0

  override *main(): Main {
    Restarting.starts++
    for (;;) {
      if (this.readControl()) return
      yield this.pause()
    }
  }

  protected override onEnd(): void {
    Restarting.ends++
    this.scheduler.activate(new Restarting())
  }
}

describe('stopping', () => {
  it('SCH-22 a component that starts a successor at its end does not keep stop() from ending', async () => {
    Restarting.ends = Restarting.starts = 0
    const scheduler = start(new Restarting())
    const over = scheduler.run()
    await new Promise((resolve) => setImmediate(resolve))
    scheduler.stop()
    await over
    expect([Restarting.starts, Restarting.ends]).toEqual([1, 2])
    expect([scheduler.stopping, scheduler.snapshot().components]).toEqual([false, []])
  })

  it('SCH-22 nor an abort, with an observer that restarts', async () => {
    const abort = new AbortController()
    const scheduler = start(new Part())
    let restarts = 0
    const asked: boolean[] = []
    scheduler.observe((event) => {
      if (event.kind !== 'ended' || restarts > 10) return
      restarts++
      asked.push(scheduler.stopping)
      scheduler.activate(new Part())
    })
    const over = scheduler.run({ signal: abort.signal })
    abort.abort()
    await over
    // The end of the one that came too late is reported as well; what is activated then is not.
    expect([restarts, asked]).toEqual([2, [true, true]])
    expect(scheduler.stopping).toBe(false)
  })

  it('SCH-22 nor a failure, with onFailure "stop"', async () => {
    const scheduler = start(
      new Part(() => {
        throw new Error('boom')
      }),
      new Restarting(),
    )
    await expect(scheduler.run()).rejects.toThrow('boom')
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-22 what a part activates during its clean-up ends at once, with onEnd', () => {
    const late = new Part(forever)
    const log: string[] = []
    late.atEnd = () => log.push(`end of ${late.name}, ended: ${late.ended}`)
    const part = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.activate(late)
      }
    })
    const scheduler = start(part)
    cycles(scheduler, 2)
    scheduler.stop()
    expect(log).toEqual(['end of Part#2, ended: true'])
    // Not only then: it runs on no scheduler again.
    expect(() => new Scheduler().activate(late)).toThrow('has ended')
  })

  it('SCH-22 also when all are closed because another one that came too late has failed', async () => {
    const log: string[] = []
    const late = new Part(forever)
    late.atEnd = () => log.push('end of late')
    const leavesOne = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.scheduler.activate(late)
      }
    })
    const failing = new Part(forever)
    failing.atEnd = () => {
      throw new Error('boom')
    }
    const first = new Part(forever)
    first.atEnd = () => void first.scheduler.activate(failing)
    const abort = new AbortController()
    const scheduler = start(first, leavesOne)
    cycles(scheduler, 1)
    const over = scheduler.run({ signal: abort.signal })
    abort.abort()
    await expect(over).rejects.toThrow('boom')
    expect(log).toEqual(['end of late'])
  })
})

describe('nothing to end', () => {
  it('SCH-10 stop() without components leaves the scheduler as it was: what is activated next runs', async () => {
    const scheduler = new Scheduler()
    scheduler.stop()
    expect(scheduler.stopping).toBe(false)
    const log: string[] = []
    scheduler.activate(new Part(doing(() => log.push('step'))))
    await scheduler.run()
    expect(log).toEqual(['step'])
  })

  it('SCH-11 without components the run is over when run() returns: an abort after that has no effect', async () => {
    const abort = new AbortController()
    const scheduler = new Scheduler()
    const over = scheduler.run({ signal: abort.signal })
    abort.abort()
    expect(scheduler.stopping).toBe(false)
    await over
  })

  it('CMP-06 a child that has ended, but not its own children, gets no grace time when its parent ends', () => {
    const clock = new ManualClock()
    const grandchild = new Part(forever)
    const child = new Part(doing((self) => self.activate(grandchild)))
    const parent = new Part(function* (self): Main {
      self.activate(child)
      while (!self.inbox.ready) yield self.pause()
    })
    const scheduler = new Scheduler({ clock })
    scheduler.activate(parent)
    cycles(scheduler)
    expect([child.ended, grandchild.ended, clock.pending]).toEqual([true, false, 1])
    parent.inbox.deliver('end')
    cycles(scheduler)
    expect([parent.ended, grandchild.ended, clock.pending]).toEqual([true, false, 1])
    expect(child.control.delivered).toBe(0)
    scheduler.stop()
    expect(clock.pending).toBe(0)
  })

  it('CMP-13 a component that is discarded instead of started calls onEnd; one that was started runs on', () => {
    class Owner extends Part {
      override discard(child: Component): void {
        super.discard(child)
      }
    }
    const log: string[] = []
    const [never, started] = ['never started', 'started'].map((mark) => {
      const part = new Part(forever)
      part.atEnd = () => log.push(mark)
      return part
    }) as [Part, Part]
    const owner = new Owner(forever)
    start(owner)
    owner.activate(started)
    for (const part of [never, never, started]) owner.discard(part)
    expect([log, never.ended, started.ended]).toEqual([['never started'], true, false])
  })
})

it('SCH-23 runs leave the listener limit of the process as it is, also when it is none', async () => {
  const before = process.getMaxListeners()
  try {
    for (const during of [0, 5]) {
      process.setMaxListeners(10)
      const scheduler = start(new Part(forever))
      const over = scheduler.run()
      process.setMaxListeners(during)
      scheduler.stop()
      await over
    }
    process.setMaxListeners(0)
    const scheduler = start(new Part(forever))
    const over = scheduler.run()
    expect(process.getMaxListeners()).toBe(0)
    scheduler.stop()
    await over
    expect(process.listenerCount('beforeExit')).toBe(0)
  } finally {
    process.setMaxListeners(before)
  }
})
