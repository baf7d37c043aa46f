import { getEventListeners } from 'node:events'
import {
  type Clock,
  type Control,
  link,
  type Main,
  producerFinished,
  Scheduler,
  type SchedulerEvent,
  type SchedulerOptions,
  shutdownMicroprocess,
  systemClock,
} from '@udpng/core'
import { eventually, ManualClock, turn } from 'test-support'
import { describe, expect, it, vi } from 'vitest'
import { cycles, doing, forever, noting, obedient, Part, start, thrownBy } from './part.js'

/** Takes a number of steps, each noted. */
const stepping = (log: unknown[], mark: unknown, steps: number) =>
  function* (): Main {
    for (let i = 1; ; i++) {
      log.push(mark)
      if (i === steps) return
      yield
    }
  }

/** Notes `mark` when it is closed. */
const closing = (log: unknown[], mark: unknown, then: (part: Part) => void = () => {}) =>
  function* (self: Part): Main {
    try {
      yield* forever(self)
    } finally {
      log.push(mark)
      then(self)
    }
  }

describe('run', () => {
  it('SCH-01 resolves when all components have ended, not before', async () => {
    const parts = [3, 1, 2].map((steps) => new Part(stepping([], 0, steps)))
    const late = new Part(function* (self): Main {
      yield* self.sleep(5)
    })
    await start(...parts, late).run()
    expect([...parts, late].map((part) => part.ended)).toEqual([true, true, true, true])
  })

  it('SCH-01 with none, at once; so does a second run when the first is over', async () => {
    let resolved = false
    void new Scheduler().run().then(() => {
      resolved = true
    })
    await Promise.resolve()
      .then(() => {})
      .then(() => {})
    expect(resolved).toBe(true)
    const scheduler = start(new Part(doing(() => {})))
    await scheduler.run()
    await scheduler.run()
    const again = scheduler.activate(new Part(doing(() => {})))
    await scheduler.run()
    expect(again.ended).toBe(true)
  })

  it('SCH-01 two runs at once both resolve, or both reject', async () => {
    const log: unknown[] = []
    const scheduler = start(new Part(stepping(log, 'step', 3)))
    await Promise.all([scheduler.run(), scheduler.run()])
    expect(log).toEqual(['step', 'step', 'step'])
    scheduler.activate(
      new Part(
        doing(() => {
          throw new Error('boom')
        }),
      ),
    )
    const outcomes = await Promise.allSettled([scheduler.run(), scheduler.run()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(scheduler.run()).resolves.toBeUndefined()
  })

  it('SCH-01 no component steps before run() or step(), also when woken', async () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    const scheduler = start(part)
    part.inbox.deliver(1)
    await turn()
    expect(log).toEqual([])
    const run = scheduler.run()
    scheduler.stop()
    await run
    const after = scheduler.activate(new Part(noting(log, 'too early')))
    await turn()
    expect([log, after.ended]).toEqual([[], false])
  })

  it('SCH-01 what is activated while it runs, from outside or by an ending component, is waited for', async () => {
    const log: unknown[] = []
    const scheduler = start()
    const last = new Part(stepping(log, 'last', 2))
    const middle = new Part(doing(() => {}))
    middle.atEnd = () => void scheduler.activate(last)
    scheduler.activate(new Part((self) => self.sleep(2)))
    const run = scheduler.run()
    scheduler.activate(middle)
    await run
    expect([last.ended, log]).toEqual([true, ['last', 'last']])
  })
})

describe('order', () => {
  it('SCH-02 round robin, one step each per cycle, in activation order', async () => {
    const log: string[] = []
    await start(...['a', 'b', 'c'].map((name) => new Part(stepping(log, name, 3)))).run()
    expect(log.join('')).toBe('abcabcabc')
  })

  it('SCH-02 the order does not depend on who was woken first', () => {
    const log: string[] = []
    const parts = ['a', 'b', 'c', 'd'].map((name) => new Part(noting(log, name)))
    const scheduler = start(...parts)
    scheduler.step()
    for (const n of [2, 0, 3, 1]) parts[n]?.inbox.deliver(1)
    scheduler.step()
    for (const n of [3, 1]) parts[n]?.inbox.deliver(1)
    scheduler.step()
    expect(log.join('')).toBe('abcdabcdbd')
  })

  it('SCH-02 a component activated in a cycle first steps in the next', () => {
    const log: string[] = []
    const scheduler = start(
      new Part(function* (self): Main {
        log.push('a')
        self.scheduler.activate(new Part(stepping(log, 'c', 2)))
        yield
        log.push('a')
      }),
      new Part(stepping(log, 'b', 2)),
    )
    scheduler.step()
    expect(log.join('')).toBe('ab')
    scheduler.step()
    expect(log.join('')).toBe('ababc')
  })

  it('SCH-03 a paused component makes no step, and the others continue', () => {
    const log: string[] = []
    const scheduler = start(
      new Part(noting(log, 'a')),
      new Part(stepping(log, 'b', 3)),
      new Part(noting(log, 'c')),
    )
    cycles(scheduler)
    expect(log.join('')).toBe('abcbb')
  })

  it('SCH-03 waking one wakes no other; one woken during a cycle steps in the next at the latest', () => {
    const log: string[] = []
    const parts = ['a', 'b', 'c'].map((name) => new Part(noting(log, name))) as [Part, Part, Part]
    const waker = new Part(function* (): Main {
      yield
      log.push('!')
      parts[0].inbox.deliver(1)
      parts[0].inbox.deliver(2)
      yield
    })
    const scheduler = start(parts[0], parts[1], waker, parts[2])
    scheduler.step()
    scheduler.step()
    expect(log.join('')).toBe('abc!')
    scheduler.step()
    expect(log.join('')).toBe('abc!a')
    cycles(scheduler)
    expect(log.join('')).toBe('abc!a')
  })

  it('SCH-03 waking an awake or an ended one changes nothing', () => {
    const log: string[] = []
    const awake = new Part(stepping(log, 'a', 3))
    const ended = new Part(stepping(log, 'b', 1))
    const scheduler = start(awake, ended)
    for (let i = 0; i < 3; i++) {
      awake.inbox.deliver(1)
      awake.inbox.deliver(2)
      scheduler.step()
      ended.inbox.deliver(1)
    }
    expect(log.join('')).toBe('abaa')
  })

  it('SCH-03 a component that wakes itself, or is woken in its own step, steps once per cycle', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      for (let i = 0; i < 3; i++) {
        log.push('a')
        const nap = self.pause()
        self.inbox.deliver(i)
        self.inbox.deliver(i)
        yield nap
      }
      yield* forever(self)
    })
    const scheduler = start(part, new Part(stepping(log, 'b', 4)))
    cycles(scheduler)
    expect(log.join('')).toBe('abababb')
  })

  it('SCH-04 pause() takes effect at the next yield', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      self.pause()
      log.push('still running')
      yield
      log.push('woken')
    })
    const scheduler = start(part)
    cycles(scheduler)
    expect(log).toEqual(['still running'])
    part.inbox.deliver(1)
    cycles(scheduler)
    expect(log).toEqual(['still running', 'woken'])
  })

  it('SCH-04 pausing and then returning ends the component properly, its timer gone', async () => {
    const clock = new ManualClock()
    const part = new Part(doing((self) => self.pause(1000)))
    await part.run({ clock })
    expect([part.ended, clock.pending]).toEqual([true, 0])
  })
})

describe('step', () => {
  it('SCH-05 runs one cycle, synchronously, and never blocks, even with all components paused', () => {
    const log: string[] = []
    const scheduler = start(new Part(stepping(log, 'a', 2)), new Part(noting(log, 'b')))
    scheduler.step()
    expect(log.join('')).toBe('ab')
    scheduler.step()
    expect(log.join('')).toBe('aba')
    cycles(scheduler, 100)
    expect(log.join('')).toBe('aba')
    new Scheduler().step()
  })

  it('SCH-05 mixed with run(): no step is lost or doubled, and run() resolves', async () => {
    const log: number[] = []
    const clock = new ManualClock()
    const parts = [0, 1, 2].map(
      (n) =>
        new Part(function* (self): Main {
          for (let i = 0; i < 6; i++) {
            log.push(n)
            if (i % 2) yield
            else yield* self.sleep(10)
          }
        }),
    )
    const scheduler = new Scheduler({ clock })
    for (const part of parts) scheduler.activate(part)
    scheduler.step()
    const run = scheduler.run()
    scheduler.step()
    for (let i = 0; i < 5; i++) {
      await clock.advance(10)
      scheduler.step()
      scheduler.step()
    }
    await run
    for (const n of [0, 1, 2]) expect(log.filter((each) => each === n).length).toBe(6)
  })

  it('SCH-05 run() resolves also when step() makes the last step', async () => {
    const scheduler = start(new Part(doing(() => {})))
    const run = scheduler.run()
    scheduler.step()
    await run
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-05 inside a step, or inside a finally block, step() and run() do no harm', async () => {
    const log: string[] = []
    const inner: Promise<void>[] = []
    const scheduler = start(
      new Part(function* (self): Main {
        try {
          log.push('a')
          self.scheduler.step()
          inner.push(self.scheduler.run())
          log.push('.')
          yield
          log.push('a')
          yield* forever(self)
        } finally {
          log.push('closed')
          self.scheduler.step()
        }
      }),
      new Part(stepping(log, 'b', 3)),
    )
    const run = scheduler.run()
    await eventually(() => log.length > 5)
    expect(log.join('')).toBe('a.babb')
    scheduler.stop()
    await run
    await Promise.all(inner)
    expect(log.join('')).toBe('a.babbclosed')
  })

  it('SCH-05 a run() that begins inside a step made by step() goes on by itself', async () => {
    let run: Promise<void> | undefined
    const part = new Part(function* (self): Main {
      run = self.scheduler.run()
      yield
    })
    start(part).step()
    await run
    expect(part.ended).toBe(true)
  })

  it('SCH-05 step() inside the finally block of a busy component that stop() closes does not enter it again', async () => {
    const log: string[] = []
    const scheduler = start(
      new Part(function* (self): Main {
        try {
          for (;;) yield
        } finally {
          self.scheduler.step()
          log.push('closed')
        }
      }),
      new Part(stepping(log, 'b', 9)),
    )
    const run = scheduler.run()
    scheduler.step()
    scheduler.stop()
    await run
    expect(log).toEqual(['b', 'b', 'closed'])
  })

  it('SCH-07 with 100 busy components, an idle one that is woken steps within one cycle', () => {
    const log: unknown[] = []
    const busy = Array.from({ length: 100 }, (_, n) => new Part(stepping(log, n, 1000)))
    const idle = new Part(noting(log, 'idle'))
    for (const position of [0, 50, 100]) {
      const scheduler = start(...busy.slice(0, position).map(() => new Part(stepping(log, 0, 99))))
      scheduler.activate(new Part(noting(log, 'idle')))
      scheduler.stop()
    }
    const scheduler = start(...busy.slice(0, 50), idle, ...busy.slice(50))
    cycles(scheduler, 3)
    for (let round = 0; round < 3; round++) {
      log.length = 0
      idle.inbox.deliver(1)
      scheduler.step()
      expect(log.length).toBe(101)
      expect(log.indexOf('idle')).toBe(50)
    }
    scheduler.stop()
  })
})

describe('wakes from outside', () => {
  it('SCH-09 run at once when the scheduler is idle: in the same turn, after the callback has returned', async () => {
    const log: string[] = []
    const part = new Part(noting(log as unknown[]))
    const scheduler = start(part)
    const run = scheduler.run()
    await turn()
    await turn()
    log.length = 0
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        setImmediate(() => {
          log.push('rest of the turn')
          resolve()
        })
        part.inbox.deliver(1)
        log.push('callback returns')
      }, 2),
    )
    expect(log).toEqual(['callback returns', 'step', 'rest of the turn'])
    scheduler.stop()
    await run
  })

  it('SCH-09 also when the step before took long, and the one before that', async () => {
    for (const ms of [0, 1, 2, 3, 4, 5, 6, 9, 11]) {
      let now = 0
      let steps = 0
      const part = new Part(function* (self): Main {
        for (;;) {
          now += ms
          steps++
          yield self.pause()
        }
      })
      const scheduler = new Scheduler({ clock: { now: () => now, after: systemClock.after } })
      scheduler.activate(part)
      const run = scheduler.run()
      for (let n = 1; n <= 20; n++) {
        await turn()
        await turn()
        expect([ms, steps]).toEqual([ms, n])
        part.inbox.deliver(1)
      }
      scheduler.stop()
      await run
    }
  })

  it('SCH-09 two callbacks in one turn: the component answers the first before the second', async () => {
    const log: unknown[] = []
    const part = new Part(function* (self): Main {
      for (;;) {
        log.push(...self.inbox)
        yield self.pause()
      }
    })
    const scheduler = start(part)
    const run = scheduler.run()
    await turn()
    await new Promise<void>((resolve) => {
      for (const n of [1, 2])
        setImmediate(() => {
          part.inbox.deliver(n)
          log.push(`callback ${n}`)
        })
      setImmediate(resolve)
    })
    expect(log).toEqual(['callback 1', 1, 'callback 2', 2])
    scheduler.stop()
    await run
  })

  it('SCH-09 neither activation nor any way of waking runs component code inside the caller', async () => {
    const clock = new ManualClock()
    let inside = false
    const log: boolean[] = []
    const part = new Part(function* (self): Main {
      const note = (): unknown => log.push(inside)
      note()
      yield self.pause()
      note()
      yield* self.sleep(5)
      note()
      yield* self.until(settled)
      note()
      while (self.outbox.full) yield self.pause()
      note()
    })
    let settle = (): void => {}
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    const full = new Part()
    const linkage = link(part.outbox, full.inbox)
    for (let n = 0; n < 1024; n++) full.inbox.deliver(n)
    const scheduler = new Scheduler({ clock })
    const call = async (act: () => unknown): Promise<void> => {
      inside = true
      act()
      inside = false
      await turn()
    }
    await call(() => scheduler.activate(part))
    const run: Promise<void>[] = []
    await call(() => run.push(scheduler.run()))
    await call(() => part.inbox.deliver(1))
    inside = true
    const advanced = clock.advance(5)
    inside = false
    await advanced
    await call(settle)
    await call(() => linkage.unlink())
    await run[0]
    expect(log).toEqual([false, false, false, false, false])
  })
})

describe('stop', () => {
  it('SCH-10 closes every component once, with its clean-up, and run() resolves', async () => {
    const log: unknown[] = []
    let started = false
    const parts = [
      new Part(closing(log, 'paused')),
      new Part(function* (self): Main {
        try {
          yield* self.sleep(1e6)
        } finally {
          log.push('asleep')
        }
      }),
      new Part(function* (self): Main {
        try {
          yield* self.until(new Promise(() => {}))
        } finally {
          log.push('waiting')
        }
      }),
      new Part(function* (): Main {
        started = true // the last of them
        try {
          for (;;) yield
        } finally {
          log.push('busy')
        }
      }),
    ]
    const scheduler = start(...parts)
    const run = scheduler.run()
    await eventually(() => started)
    scheduler.stop()
    scheduler.stop()
    await run
    expect(log).toEqual(['paused', 'asleep', 'waiting', 'busy'])
    expect(parts.every((part) => part.ended)).toBe(true)
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-10 before any step, and with nothing to stop', async () => {
    const part = new Part()
    const scheduler = start(part)
    scheduler.stop()
    await scheduler.run()
    expect(part.ended).toBe(true)
    new Scheduler().stop()
  })

  it('SCH-10 a scheduler may be stopped again, run by run', async () => {
    const scheduler = new Scheduler()
    for (let n = 0; n < 3; n++) {
      const part = scheduler.activate(new Part())
      const run = scheduler.run()
      scheduler.stop()
      await run
      expect(part.ended).toBe(true)
    }
  })

  it('SCH-10 called inside a step it closes the others at once, and the caller after that step', async () => {
    const log: unknown[] = []
    const others = [new Part(closing(log, 'before')), new Part(closing(log, 'after'))] as const
    const caller = new Part(function* (self): Main {
      try {
        yield
        self.scheduler.stop()
        log.push('step goes on')
        yield
        log.push('never')
      } finally {
        log.push('caller')
      }
    })
    await start(others[0], caller, others[1]).run()
    expect(log).toEqual(['before', 'after', 'step goes on', 'caller'])
  })

  it('SCH-10 called inside finally blocks, each of which calls it too, no component is closed twice', async () => {
    const log: unknown[] = []
    const names = ['a', 'b', 'c', 'd']
    const parts = names.map((name) => new Part(closing(log, name, (self) => self.scheduler.stop())))
    const scheduler = start(...parts)
    const ended: string[] = []
    scheduler.observe(({ kind, component }) => {
      if (kind === 'ended') ended.push(component)
    })
    cycles(scheduler, 1)
    const run = scheduler.run()
    scheduler.stop()
    await run
    expect(log).toEqual(names)
    expect(ended).toEqual(['Part#1', 'Part#2', 'Part#3', 'Part#4'])
  })

  it('SCH-10 a step that stops and whose neighbours’ finally blocks stop too: run() resolves, no component fails', async () => {
    const log: unknown[] = []
    const stops = (self: Part): void => self.scheduler.stop()
    const scheduler = start(
      new Part(closing(log, 'a', stops)),
      new Part(doing(stops)),
      new Part(closing(log, 'b', stops)),
    )
    await scheduler.run()
    expect(log).toEqual(['a'])
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-10 what finally blocks send wakes no ended component, and closes none twice', async () => {
    const log: unknown[] = []
    const [a, b] = [
      new Part(closing(log, 'a', (self) => self.outbox.send('from a'))),
      new Part(closing(log, 'b', (self) => self.outbox.send('from b'))),
    ] as const
    link(a.outbox, b.inbox)
    link(b.outbox, a.inbox)
    const scheduler = start(a, b)
    cycles(scheduler, 1)
    const run = scheduler.run()
    scheduler.stop()
    await run
    expect(log).toEqual(['a', 'b'])
    expect([a.outbox.sent, b.outbox.discarded, b.inbox.dropped]).toEqual([1, 1, 1])
  })

  it('SCH-10 a child that a finally block activates is shut down too, and run() resolves', async () => {
    const clock = new ManualClock()
    const child = new Part()
    const part = new Part(closing([], '', (self) => self.activate(child)))
    const scheduler = new Scheduler({ clock })
    scheduler.activate(part)
    const run = scheduler.run()
    await turn()
    scheduler.stop()
    await clock.advance(1000)
    await run
    expect(child.ended).toBe(true)
  })

  it.each([
    ['activates', (self: Part, late: Part) => self.scheduler.activate(late)],
    ['starts as a service', (self: Part, late: Part) => self.scheduler.service('late', () => late)],
  ])(
    'SCH-10 ERR-01 what a finally block %s during a stop, a failure or its own stop is closed, and run() ends',
    async (_, begin) => {
      const ways: ((self: Part) => void)[] = [
        (self) => setImmediate(() => self.scheduler.stop()),
        (self) => self.scheduler.stop(),
        () => {
          throw new Error('at work')
        },
      ]
      for (const way of ways) {
        const log: unknown[] = []
        const late = new Part(noting(log))
        const part = new Part(function* (self): Main {
          try {
            yield
            way(self)
            yield* self.sleep(1e6)
          } finally {
            begin(self, late)
          }
        })
        const scheduler = start(new Part(), part, new Part())
        await scheduler.run().catch(() => {})
        expect([late.ended, log, scheduler.snapshot().components]).toEqual([true, [], []])
        const next = scheduler.activate(new Part(doing(() => log.push('next'))))
        await scheduler.run()
        expect([next.ended, log]).toEqual([true, ['next']])
      }
    },
  )

  it('SCH-10 20 000 components, also when each calls stop() again, or fails, while being closed', async () => {
    for (const failing of [false, true]) {
      let closed = 0
      const scheduler = new Scheduler({ onFailure: failing ? 'stop' : 'isolate' })
      for (let i = 0; i < 20_000; i++)
        scheduler.activate(
          new Part(
            closing([], '', (self) => {
              closed++
              if (failing) throw new Error('while closing')
              self.scheduler.stop()
            }),
          ),
        )
      const run = scheduler.run()
      await turn()
      await turn()
      scheduler.step()
      scheduler.stop()
      if (failing) await expect(run).rejects.toMatchObject({ code: 'COMPONENT_FAILED' })
      else await run
      expect(closed).toBe(20_000)
    }
  })
})

describe('abort', () => {
  const aborting = (...parts: readonly Part[]) => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    for (const part of parts) scheduler.activate(part)
    const abort = new AbortController()
    return { clock, scheduler, abort, run: () => scheduler.run({ signal: abort.signal }) }
  }

  it('SCH-11 sends shutdownMicroprocess to what was activated, and run() resolves once all have closed', async () => {
    const words: Control[] = []
    const part = new Part(function* (self): Main {
      while (!self.control.ready) yield self.pause()
      words.push(...self.control)
      yield* self.sleep(50)
    })
    const { clock, abort, run } = aborting(part, new Part(obedient))
    const over = run()
    await turn()
    const reason = new Error('enough')
    abort.abort(reason)
    await clock.advance(49)
    expect([part.ended, words.length]).toEqual([false, 1])
    expect(words[0]).toEqual({ kind: 'shutdownMicroprocess', cause: reason })
    await clock.advance(1)
    await over
    expect([part.ended, clock.pending]).toEqual([true, 0])
  })

  it('SCH-11 after an abort before the start nothing starts, and each component is ended', async () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    part.atEnd = () => log.push('end')
    const { abort, run } = aborting(part, new Part(obedient))
    abort.abort('no need')
    await run()
    expect([log, part.ended]).toEqual([['end'], true])
  })

  it('SCH-11 nor what was activated in the cycle in which the abort came', async () => {
    const log: unknown[] = []
    const { abort, run } = aborting(
      new Part((self) => {
        self.activate(new Part(noting(log)))
        abort.abort()
        return obedient(self)
      }),
    )
    await run()
    expect(log).toEqual([])
  })

  it('SCH-11 component.run() takes it too', async () => {
    const abort = new AbortController()
    const run = new Part(obedient).run({ signal: abort.signal })
    await turn()
    abort.abort()
    await run
    await new Part(obedient).run({ signal: AbortSignal.abort() })
  })

  it('SCH-11 the signal keeps no listener after the end, also after a failure', async () => {
    const { abort, run } = aborting(new Part((self) => self.until(turn())))
    const over = run()
    expect(getEventListeners(abort.signal, 'abort').length).toBe(1)
    await over
    expect(getEventListeners(abort.signal, 'abort').length).toBe(0)
    const failing = new Part(
      doing(() => {
        throw new Error('boom')
      }),
    )
    const second = aborting(failing)
    await expect(second.run()).rejects.toThrow('boom')
    expect(getEventListeners(second.abort.signal, 'abort').length).toBe(0)
  })

  it('SCH-12 reaches the later stages of a chain whose first stage has ended', async () => {
    const first = new Part(doing(() => {}))
    const later = [new Part(obedient), new Part(obedient)] as const
    // the first one's word is lost on the way, as with a stage that does not end on producerFinished
    link(later[0].signal, later[1].control)
    const { abort, run } = aborting(first, ...later)
    const over = run()
    await turn()
    expect([first.ended, later[0].ended]).toEqual([true, false])
    abort.abort()
    await over
    expect(later.map((part) => part.ended)).toEqual([true, true])
  })

  it('SCH-12 components that never read control are closed: asleep, waiting, paused, or looping on yield', async () => {
    const log: unknown[] = []
    const cleaned = (name: string, thread: (part: Part) => Main): Part =>
      new Part(function* (self): Main {
        try {
          yield* thread(self)
        } finally {
          log.push(name)
        }
      })
    const { clock, abort, run } = aborting(
      cleaned('asleep', (self) => self.sleep(1e9)),
      cleaned('waiting', (self) => self.until(new Promise<void>(() => {}))),
      cleaned('paused', forever),
      cleaned('looping', function* (): Main {
        for (;;) yield
      }),
    )
    const over = run()
    await turn()
    abort.abort()
    await turn()
    expect(log).toEqual([])
    await clock.advance(10_000)
    await over
    expect(log).toEqual(['asleep', 'waiting', 'paused', 'looping'])
    expect(clock.pending).toBe(0)
  })

  it('SCH-12 what they started, and what they start on their way out, is closed too', async () => {
    const children: Part[] = []
    const starts = (self: Part): Part => {
      const child = new Part(forever)
      children.push(child)
      return self.activate(child)
    }
    const { clock, abort, run } = aborting(
      new Part(function* (self): Main {
        starts(self)
        while (!self.readControl()) yield self.pause()
        starts(self)
        yield* forever(self)
      }),
      new Part(closing([], '', starts)),
    )
    const over = run()
    await turn()
    abort.abort()
    await clock.advance(10_000)
    await over
    expect(children.map((part) => part.ended)).toEqual([true, true, true])
    expect(clock.pending).toBe(0)
  })

  it('SCH-12 one that calls stop() in the finally block in which the abort ends it is closed once', async () => {
    const log: unknown[] = []
    const { clock, scheduler, abort, run } = aborting(
      new Part(closing(log, 'first', (self) => self.scheduler.stop())),
      new Part(closing(log, 'second')),
    )
    const ended: string[] = []
    scheduler.observe(({ kind, component }) => {
      if (kind === 'ended') ended.push(component)
    })
    const over = run()
    await turn()
    abort.abort()
    await clock.advance(1000)
    await over
    expect(log).toEqual(['first', 'second'])
    expect(ended).toEqual(['Part#2', 'Part#1'])
  })

  it('SCH-12 two runs with two signals: the second abort does not prolong the first', async () => {
    const part = new Part()
    const { clock, scheduler, abort, run } = aborting(part)
    const later = new AbortController()
    const runs = [run(), scheduler.run({ signal: later.signal })]
    await turn()
    abort.abort()
    await clock.advance(600)
    later.abort()
    await clock.advance(399)
    expect([part.ended, clock.pending]).toEqual([false, 1])
    await clock.advance(1)
    await Promise.all(runs)
    expect([part.ended, clock.pending]).toEqual([true, 0])
  })

  it('SCH-11 an abort that comes when the run is over, and its caller not yet notified, has no effect', async () => {
    const abort = new AbortController()
    const scheduler = start(new Part())
    const run = scheduler.run({ signal: abort.signal })
    scheduler.stop()
    abort.abort()
    const next = scheduler.activate(new Part())
    expect(next.control.delivered).toBe(0)
    await run
    scheduler.stop()
  })

  it('SCH-12 what is activated on the scheduler after it never starts, and the next run is not aborted', async () => {
    const late = new Part()
    const { clock, scheduler, abort, run } = aborting(
      new Part(closing([], '', (self) => self.scheduler.activate(late))),
    )
    const over = run()
    await turn()
    abort.abort('enough')
    await clock.advance(1000)
    await over
    expect([late.ended, late.control.delivered]).toEqual([true, 0])
    const next = scheduler.activate(new Part())
    expect(next.control.delivered).toBe(0)
  })

  it('SCH-12 in real time too, within a second or so', async () => {
    const abort = new AbortController()
    const part = new Part()
    const run = part.run({ signal: abort.signal })
    await turn()
    abort.abort()
    await run
    expect(part.ended).toBe(true)
  })

  it('SCH-11 an abort inside a step, and a second abort, do no harm', async () => {
    const abort = new AbortController()
    const word: unknown[] = []
    const part = new Part(function* (self): Main {
      abort.abort('from within')
      word.push(self.readControl())
      yield
    })
    await part.run({ signal: abort.signal })
    abort.abort('again')
    expect(word).toEqual([{ kind: 'shutdownMicroprocess', cause: 'from within' }])
  })
})

describe('time', () => {
  it('SCH-13 with a hand-driven clock, sleep(1000) takes no real time and ends exactly at 1000', async () => {
    const clock = new ManualClock()
    const ends: number[] = []
    const scheduler = new Scheduler({ clock })
    for (const ms of [1000, 1, 999.25])
      scheduler.activate(
        new Part(function* (self): Main {
          yield* self.sleep(ms)
          ends.push(clock.now())
        }),
      )
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const run = scheduler.run()
    await clock.advance(1000)
    await run
    const calls = [...timers.mock.calls]
    timers.mockRestore()
    expect(ends).toEqual([1, 999.25, 1000])
    expect(calls).toEqual([])
  })

  it('SCH-13 same program, clock and input: the same order of steps, 1000 times out of 1000', async () => {
    const trace = async (): Promise<string> => {
      const clock = new ManualClock()
      const log: string[] = []
      const scheduler = new Scheduler({ clock })
      const parts = Array.from(
        { length: 5 },
        (_, n) =>
          new Part(function* (self): Main {
            for (let i = 0; i < 6; i++) {
              log.push(`${n}@${clock.now()}`)
              self.outbox.send(i)
              for (const message of self.inbox) log.push(`${n}<${message}`)
              const way = (n + i) % 4
              if (way === 0) yield* self.sleep(1 + ((n * 3 + i) % 5))
              else if (way === 1) yield* self.until(Promise.resolve())
              else if (way === 2) yield self.pause(3)
              else yield
            }
          }),
      )
      for (const [n, part] of parts.entries())
        link(part.outbox, (parts[(n * 2 + 1) % 5] as Part).inbox)
      for (const part of parts) scheduler.activate(part)
      const run = scheduler.run()
      await clock.advance(7)
      parts[3]?.inbox.deliver('from outside')
      await clock.advance(100)
      await run
      return log.join(' ')
    }
    const first = await trace()
    expect(first.split(' ').length).toBeGreaterThan(40)
    for (let run = 1; run < 1000; run++) expect(await trace(), `run ${run}`).toBe(first)
  })

  it('SCH-13 the system clock counts milliseconds, and its timers can be undone', async () => {
    const outer = performance.now()
    const began = systemClock.now()
    let fired = 0
    const undo = systemClock.after(5, () => fired++)
    undo()
    await new Promise<void>((resolve) => systemClock.after(20, resolve))
    const passed = systemClock.now() - began
    expect(passed).toBeGreaterThan(18)
    expect(passed).toBeLessThanOrEqual(performance.now() - outer)
    expect(fired).toBe(0)
  })

  it('SCH-13 CMP-10 waiting longer than setTimeout can does not fire at once', async () => {
    let fired = 0
    const undo = [2 ** 31, 2 ** 33, Number.MAX_SAFE_INTEGER].map((ms) =>
      systemClock.after(ms, () => fired++),
    )
    const part = new Part((self) => self.sleep(2 ** 40))
    const scheduler = start(part)
    const run = scheduler.run()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect([fired, part.ended]).toEqual([0, false])
    for (const each of undo) each()
    scheduler.stop()
    await run
  })
})

describe('what belongs to a scheduler', () => {
  it('SCH-14 two schedulers share no service, name or failure', async () => {
    const [one, two] = [new Scheduler(), new Scheduler()]
    const key = Symbol('key')
    const make = (): Part => new Part(obedient)
    expect(one.service(key, make)).not.toBe(two.service(key, make))
    const failing = one.activate(
      new Part(
        doing(() => {
          throw new Error('boom')
        }),
      ),
    )
    const fine = two.activate(new Part(obedient))
    expect([failing.name, fine.name]).toEqual(['Part#2', 'Part#2'])
    const second = two.run()
    await expect(one.run()).rejects.toThrow('boom')
    expect(fine.ended).toBe(false)
    fine.control.deliver(producerFinished())
    await expect(second).resolves.toBeUndefined()
  })

  it('SCH-14 component.run() makes its own, with the options given', async () => {
    const schedulers = new Set<Scheduler>()
    const clocks = new Set<Clock>()
    const clock = new ManualClock()
    const part = (): Part =>
      new Part(
        doing((self) => {
          schedulers.add(self.scheduler)
          clocks.add(self.scheduler.clock)
        }),
      )
    await Promise.all([part().run(), part().run({ clock })])
    expect(schedulers.size).toBe(2)
    expect([...clocks]).toEqual([systemClock, clock])
  })

  it('SCH-14 a message may go from one scheduler to another', async () => {
    const sender = new Part(doing((self) => self.outbox.send('across')))
    const got: unknown[] = []
    const receiver = new Part(function* (self): Main {
      while (!self.inbox.ready) yield self.pause()
      got.push(...self.inbox)
    })
    link(sender.outbox, receiver.inbox)
    await Promise.all([receiver.run(), sender.run()])
    expect(got).toEqual(['across'])
  })

  it.each(['', 'ignore', null, 1])('ERR-01 an onFailure of %o throws', (onFailure) => {
    expect(thrownBy(() => new Scheduler({ onFailure } as SchedulerOptions))).toMatchObject({
      code: 'BAD_OPTION',
    })
  })

  it('SCH-15 service(key, create) calls create once per scheduler and key, and starts the service', async () => {
    const log: unknown[] = []
    const scheduler = new Scheduler()
    const made: Part[] = []
    const get = (key: unknown): Part =>
      scheduler.service(key, () => {
        const part = new Part(noting(log, key))
        made.push(part)
        return part
      })
    const key = {}
    expect(get(key)).toBe(get(key))
    expect(get('other')).not.toBe(get(key))
    expect(made.length).toBe(2)
    cycles(scheduler)
    expect(log).toEqual([key, 'other'])
  })

  it('SCH-15 after a service has ended, the next call creates a new one', () => {
    const scheduler = new Scheduler()
    const get = (): Part => scheduler.service('key', () => new Part(obedient))
    const first = get()
    first.control.deliver(producerFinished())
    cycles(scheduler)
    expect(first.ended).toBe(true)
    const second = get()
    expect([second === first, second.ended, get() === second]).toEqual([false, false, true])
  })

  it('SCH-15 services alone do not keep run() from resolving, and are closed with it', async () => {
    const log: unknown[] = []
    const scheduler = start(new Part(doing(() => {})))
    const service = scheduler.service('key', () => new Part(closing(log, 'closed')))
    const other = scheduler.service('never stepped', () => new Part())
    await scheduler.run()
    expect([service.ended, other.ended, log]).toEqual([true, true, ['closed']])
    scheduler.service('key', () => new Part())
    await scheduler.run()
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-15 nor do the children of services, nor theirs', async () => {
    const grandchild = new Part()
    const starts = (child: Part) =>
      function* (self: Part): Main {
        self.activate(child)
        yield* forever(self)
      }
    const child = new Part(starts(grandchild))
    const scheduler = start(new Part(stepping([], 'step', 4)))
    scheduler.service('key', () => new Part(starts(child)))
    await scheduler.run()
    expect([child.ended, grandchild.ended]).toEqual([true, true])
  })

  it('SCH-15 ERR-01 a service that fails while stop() closes it fails this run, not the next', async () => {
    const scheduler = start(new Part())
    const service = scheduler.service(
      'parent',
      () =>
        new Part(function* (self): Main {
          self.activate(new Part())
          yield* forever(self)
        }),
    )
    service.atEnd = () => {
      throw new Error('at its end')
    }
    const run = scheduler.run()
    cycles(scheduler)
    scheduler.stop()
    await expect(run).rejects.toThrow('at its end')
    scheduler.activate(new Part(doing(() => {})))
    await scheduler.run()
  })

  it('SCH-15 what a service has to do at the end it still does', async () => {
    const got: unknown[] = []
    const scheduler = new Scheduler()
    const service = scheduler.service(
      'log',
      () =>
        new Part(function* (self): Main {
          for (;;) {
            for (const message of self.inbox) got.push(message)
            yield self.pause()
          }
        }),
    )
    const part = new Part(doing((self) => self.outbox.send('last step')))
    part.atEnd = () => void service.inbox.deliver('at the end')
    link(part.outbox, service.inbox)
    scheduler.activate(part)
    await scheduler.run()
    expect(got).toEqual(['last step', 'at the end'])
  })

  it('SCH-15 not even one that never pauses', async () => {
    let steps = 0
    const scheduler = start(new Part((self) => self.sleep(20)))
    scheduler.service(
      'busy',
      () =>
        new Part(function* (): Main {
          for (;;) {
            steps++
            yield
          }
        }),
    )
    await scheduler.run()
    expect(steps).toBeGreaterThan(0)
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-15 an abort does not take a service away from those who still shut down', async () => {
    const abort = new AbortController()
    const log: unknown[] = []
    const scheduler = new Scheduler()
    const service = scheduler.service('key', () => new Part(obedient))
    scheduler.activate(
      new Part(function* (self): Main {
        while (!self.readControl()) yield self.pause()
        for (let i = 0; i < 5; i++) yield
        log.push(service.ended)
      }),
    )
    const run = scheduler.run({ signal: abort.signal })
    await turn()
    abort.abort()
    await run
    expect([log, service.ended]).toEqual([[false], true])
  })
})

describe('observe', () => {
  const observed = (options?: SchedulerOptions) => {
    const scheduler = new Scheduler(options)
    const log: SchedulerEvent[] = []
    const undo = scheduler.observe((event) => log.push(event))
    return {
      scheduler,
      log,
      undo,
      kinds: () => log.map(({ kind, component }) => `${kind} ${component}`),
    }
  }

  it('SCH-17 reports activations, ends and failures until the listener is removed', () => {
    const { scheduler, log, undo, kinds } = observed({ onFailure: 'isolate' })
    const boom = new Error('boom')
    scheduler.activate(
      new Part(function* (self): Main {
        self.activate(
          new Part(
            doing(() => {
              throw boom
            }),
          ),
        )
        yield* forever(self)
      }),
    )
    scheduler.service('key', () => new Part())
    cycles(scheduler)
    expect(kinds()).toEqual([
      'activated Part#1',
      'activated Part#2',
      'activated Part#3',
      'failed Part#3',
      'ended Part#3',
    ])
    expect(log[3]).toMatchObject({ error: { code: 'COMPONENT_FAILED', cause: boom } })
    undo()
    undo()
    scheduler.stop()
    expect(log.length).toBe(5)
  })

  it('SCH-17 a listener that throws affects nothing else, not even other listeners', async () => {
    const scheduler = new Scheduler()
    scheduler.observe(() => {
      throw new Error('listener')
    })
    const log: unknown[] = []
    scheduler.observe(({ kind }) => log.push(kind))
    scheduler.activate(new Part(doing(() => {})))
    await scheduler.run()
    expect(log).toEqual(['activated', 'ended'])
  })

  it('SCH-17 a listener may call back into the scheduler: activate again what ended, look, undo itself', async () => {
    const scheduler = new Scheduler()
    let left = 3
    const undo = scheduler.observe(({ kind }) => {
      expect(scheduler.snapshot().components.length).toBe(kind === 'activated' ? 1 : 0)
      scheduler.step()
      if (kind !== 'ended') return
      if (left-- > 0) scheduler.activate(new Part(doing(() => {})))
      else undo()
    })
    scheduler.activate(
      new Part(function* (): Main {
        yield
      }),
    )
    await scheduler.run()
    expect(left).toBe(-1)
  })

  it('SCH-17 a listener may stop everything, at an activation, an end or a failure', async () => {
    for (const when of ['activated', 'ended', 'failed'] as const) {
      const log: unknown[] = []
      const scheduler = new Scheduler({ onFailure: 'isolate' })
      scheduler.observe(({ kind }) => {
        if (kind === when) scheduler.stop()
      })
      scheduler.activate(new Part(closing(log, 'closed')))
      scheduler.activate(
        new Part(function* (): Main {
          yield
          throw new Error('boom')
        }),
      )
      await scheduler.run()
      expect(scheduler.snapshot().components).toEqual([])
      expect(log).toEqual(when === 'activated' ? [] : ['closed'])
    }
  })
})

describe('fairness to the event loop', () => {
  it('SCH-06 a chain of promises that resolve each other does not keep timers and I/O out', async () => {
    let done = false
    const part = new Part(function* (self): Main {
      while (!done) yield* self.until(Promise.resolve())
    })
    const timer = setTimeout(() => {
      done = true
    }, 5)
    await part.run()
    clearTimeout(timer)
    expect(done).toBe(true)
  })

  it('SCH-06 nor does one whose promises take their time over it', async () => {
    let done = false
    const slow = async (): Promise<void> => {
      await null
      const end = performance.now() + 2
      while (performance.now() < end);
    }
    const part = new Part(function* (self): Main {
      while (!done) yield* self.until(slow())
    })
    setTimeout(() => {
      done = true
    }, 5)
    await part.run()
    expect(done).toBe(true)
  })

  it('SCH-06 nor do two schedulers, or code outside, that wake each other forever', async () => {
    const parts = [new Part(echo), new Part(echo)] as const
    function* echo(self: Part): Main {
      while (!self.readControl()) {
        for (const message of self.inbox) self.outbox.send(message)
        yield self.pause()
      }
    }
    link(parts[0].outbox, parts[1].inbox)
    link(parts[1].outbox, parts[0].inbox)
    const runs = parts.map((part) => part.run())
    parts[0].inbox.deliver('ball')
    await eventually(() => parts[0].outbox.sent > 10)
    for (const part of parts) part.control.deliver(shutdownMicroprocess())
    await Promise.all(runs)
  })

  it('SCH-06 a slice lasts as long as I/O and timers took before it, from 5 to 100 ms', async () => {
    let now = 0
    const clock: Clock = { now: () => now, after: systemClock.after }
    let steps = 0
    const part = new Part(function* (self): Main {
      for (; !self.readControl(); steps++) yield
    })
    const run = part.run({ clock })
    await turn()
    const slices: number[] = []
    for (const ioMs of [0, 3, 30, 1000, 0]) {
      const before = steps
      now += ioMs
      await turn()
      slices.push(Math.round((steps - before) / 1000)) // a step takes 1 µs of a clock that stands still
    }
    expect(slices).toEqual([5, 5, 30, 100, 5])
    part.control.deliver(shutdownMicroprocess())
    await run
  })

  it('SCH-06 after a long turn of I/O without work it does not turn the event loop by itself', async () => {
    let now = 0
    const clock: Clock = { now: () => now, after: systemClock.after }
    const part = new Part(obedient)
    const run = part.run({ clock })
    const set = vi.spyOn(globalThis, 'setImmediate')
    part.inbox.deliver(1)
    await Promise.resolve()
    now += 50
    for (let i = 0; i < 10; i++) await turn()
    const own = set.mock.calls.length - 10 // those of `turn`
    set.mockRestore()
    expect(own).toBeLessThanOrEqual(3)
    part.control.deliver(shutdownMicroprocess())
    await run
  })
})
