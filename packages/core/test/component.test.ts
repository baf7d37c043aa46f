import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { activeResources, ManualClock, nothingNew } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, noting, obedient, Part, start, thrownBy } from './part.js'

describe('a component', () => {
  it('CMP-01 has control and signal; every other box is a field that it declares', () => {
    class Bare extends Component {
      override *main(): Main {
        yield
      }
    }
    const bare = new Bare()
    expectTypeOf(bare.control).toEqualTypeOf<Inbox<Control>>()
    expectTypeOf(bare.signal).toEqualTypeOf<Outbox<Control>>()
    expect(bare.control).toBeInstanceOf(Inbox)
    expect(bare.signal).toBeInstanceOf(Outbox)
    // @ts-expect-error not declared
    expect(bare.inbox).toBeUndefined()
    expect([bare.control.name, bare.signal.name]).toEqual(['"Shutdown messages"', '"Why it ended"'])
    start(bare)
    expect([bare.control.name, bare.signal.name]).toEqual(['Bare#1.control', 'Bare#1.signal'])
  })

  it('CMP-02 construction starts nothing: no step, timer or listener before activation', async () => {
    const before = activeResources()
    const log: string[] = []
    const part = new Part(noting(log as unknown[]))
    part.inbox.deliver(1)
    part.control.deliver(shutdownMicroprocess())
    await new Promise((resolve) => setImmediate(resolve))
    expect(log).toEqual([])
    expect(part.ended).toBe(false)
    part.pause(1e9)
    await nothingNew(before)
  })

  it.each([0, 1, 2, 7])('CMP-03 %i yields give one step more, then it has ended', (yields) => {
    let steps = 1
    const part = new Part(function* () {
      for (let i = 0; i < yields; i++) {
        yield
        steps++
      }
    })
    const scheduler = start(part)
    for (let i = 0; i <= yields; i++) {
      expect(part.ended).toBe(false)
      scheduler.step()
      expect(steps).toBe(i + 1)
    }
    expect(part.ended).toBe(true)
  })

  it('CMP-03 it never runs again', () => {
    const log: string[] = []
    const part = new Part(doing(() => log.push('step')))
    const scheduler = start(part)
    cycles(scheduler)
    part.inbox.deliver(1)
    part.control.deliver(producerFinished())
    part.pause()
    cycles(scheduler)
    expect(log).toEqual(['step'])
    expect(part.ended).toBe(true)
  })

  it('CMP-04 has a name of class and number, unique in its scheduler', () => {
    class Alpha extends Part {}
    class Beta extends Part {}
    const parts = [new Alpha(), new Beta(), new Alpha(), new Alpha()]
    expect(parts[0]?.name).toBe('Alpha')
    const scheduler = start(...parts)
    expect(parts.map((part) => part.name)).toEqual(['Alpha#1', 'Beta#1', 'Alpha#2', 'Alpha#3'])
    expect(scheduler.snapshot().components.map((part) => part.name)).toEqual(
      parts.map((part) => part.name),
    )
  })

  it('CMP-04 the name is used in errors, and never given twice', async () => {
    class Alpha extends Part {}
    const scheduler = start(new Alpha(doing(() => {})))
    cycles(scheduler)
    const failing = scheduler.activate(
      new Alpha(
        doing(() => {
          throw new Error('boom')
        }),
      ),
    )
    expect(failing.name).toBe('Alpha#2')
    await expect(scheduler.run()).rejects.toMatchObject({ component: 'Alpha#2' })
    await expect(start().run()).resolves.toBeUndefined()
  })
})

describe('children', () => {
  it('CMP-05 a child first steps in the next cycle', () => {
    const log: string[] = []
    const parent = new Part(function* (self): Main {
      log.push('parent')
      self.activate(new Part(noting(log as unknown[], 'child')))
      yield
      log.push('parent')
      yield self.pause()
    })
    const scheduler = start(parent)
    scheduler.step()
    expect(log).toEqual(['parent'])
    scheduler.step()
    expect(log).toEqual(['parent', 'parent', 'child'])
  })

  const ends: [string, (child: Part) => void, (scheduler: Scheduler) => void][] = [
    ['returns', () => {}, () => {}],
    [
      'fails',
      () => {
        throw new Error('child')
      },
      () => {},
    ],
  ]
  it.each(ends)('CMP-05 the parent is woken when the child %s', (_, act) => {
    const log: string[] = []
    const parent = new Part(function* (self): Main {
      self.activate(new Part(doing(act)))
      for (;;) {
        log.push('parent')
        yield self.pause()
      }
    })
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.activate(parent)
    cycles(scheduler)
    expect(log).toEqual(['parent', 'parent'])
  })

  it('CMP-06 when a component ends, its living children get shutdownMicroprocess', () => {
    const words: unknown[] = []
    const child = new Part(function* (self): Main {
      while (!self.control.ready) yield self.pause()
      words.push(...self.control)
    })
    const gone = new Part(doing(() => {}))
    const parent = new Part(function* (self): Main {
      self.activate(child)
      self.activate(gone)
      yield
      yield
    })
    cycles(start(parent))
    expect(words).toEqual([{ kind: 'shutdownMicroprocess' }])
    expect([child.ended, gone.control.delivered]).toEqual([true, 0])
  })

  it('CMP-06 a child that does not obey is closed after a grace time, and its own children too', async () => {
    const clock = new ManualClock()
    const log: string[] = []
    const deaf = (name: string, ...below: Part[]): Part =>
      new Part(function* (self): Main {
        try {
          for (const part of below) self.activate(part)
          yield* forever(self)
        } finally {
          log.push(`${name} ${clock.now()}`)
        }
      })
    const scheduler = new Scheduler({ clock })
    scheduler.activate(
      new Part(function* (self): Main {
        self.activate(deaf('child', deaf('grandchild')))
        yield* self.sleep(10)
      }),
    )
    const run = scheduler.run()
    await clock.advance(10_000)
    await run
    expect(log).toEqual(['child 1010', 'grandchild 2010'])
    expect(clock.pending).toBe(0)
  })

  it('CMP-06 a child activated in a finally block is asked to shut down too', () => {
    const child = new Part(obedient)
    const parent = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.activate(child)
      }
    })
    const scheduler = start(parent)
    cycles(scheduler)
    scheduler.stop()
    cycles(scheduler)
    expect([parent.ended, child.ended]).toEqual([true, true])
  })

  it('CMP-06 CMP-07 a component that has ended can have no more children: they would outlive it', () => {
    const child = new Part()
    let thrown: unknown
    const parent = new Part(doing(() => {}))
    parent.atEnd = () => {
      thrown = thrownBy(() => parent.activate(child))
    }
    const scheduler = start(parent)
    cycles(scheduler)
    expect(thrown).toMatchObject({ code: 'BAD_ACTIVATION' })
    expect(scheduler.snapshot().components).toEqual([])
    scheduler.activate(child)
    expect(scheduler.snapshot().components.length).toBe(1)
  })
})

describe('activation', () => {
  it('CMP-07 activating an active component again changes nothing', () => {
    const log: unknown[] = []
    const child = new Part(noting(log, 'child'))
    const parent = new Part(function* (self): Main {
      self.activate(child)
      self.activate(child)
      yield* forever(self)
    })
    const scheduler = start(parent, parent)
    expect(scheduler.activate(parent)).toBe(parent)
    cycles(scheduler)
    expect(scheduler.activate(child)).toBe(child)
    cycles(scheduler)
    expect(log).toEqual(['child'])
    expect(child.name).toBe('Part#2')
    expect(scheduler.snapshot().components.map((part) => part.parent)).toEqual([
      undefined,
      'Part#1',
    ])
  })

  it('CMP-07 activating an ended one throws', () => {
    const ended = new Part(doing(() => {}))
    const scheduler = start(ended)
    cycles(scheduler)
    for (const other of [scheduler, new Scheduler()]) {
      const thrown = thrownBy(() => other.activate(ended)) as UdpngError
      expect(thrown).toMatchObject({ code: 'BAD_ACTIVATION', component: 'Part#1' })
      expect(thrown.message).toMatch(/Part#1.*has ended/)
    }
  })

  it('CMP-07 activating one that belongs to another scheduler throws', async () => {
    const part = new Part(obedient)
    const scheduler = start(part)
    const thrown = thrownBy(() => new Scheduler().activate(part)) as UdpngError
    expect(thrown).toMatchObject({ code: 'BAD_ACTIVATION', component: 'Part#1' })
    expect(thrown.message).toMatch(/another scheduler/)
    await expect(part.run()).rejects.toMatchObject({ code: 'BAD_ACTIVATION' })
    part.control.deliver(producerFinished())
    await expect(scheduler.run()).resolves.toBeUndefined()
  })

  it.each([
    ['a class', Part],
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
    [
      'a look-alike',
      { main: forever, control: new Inbox('Control'), signal: new Outbox('Signal') },
    ],
  ])('CMP-07 activating %s throws, and changes nothing', (_, wrong) => {
    const scheduler = new Scheduler()
    const thrown = thrownBy(() => scheduler.activate(wrong as Part)) as UdpngError
    expect(thrown).toBeInstanceOf(UdpngError)
    expect(thrown.code).toBe('BAD_ACTIVATION')
    expect(thrown.message).toContain('it must be a component')
    expect(thrown.message.length).toBeLessThan(150)
    expect(scheduler.snapshot().components).toEqual([])
  })
})

describe('pause', () => {
  it('CMP-08 sleeps until something new happens, also when messages already wait', () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    const scheduler = start(part)
    cycles(scheduler)
    part.inbox.deliver('not taken')
    cycles(scheduler)
    expect(log.length).toBe(2)
    cycles(scheduler)
    expect(log.length).toBe(2)
    part.inbox.deliver('new')
    cycles(scheduler)
    expect(log.length).toBe(3)
  })

  it('CMP-14 the first pause does not sleep when messages wait: pause-then-take takes what came before the first step', () => {
    const taken: unknown[] = []
    const part = new Part(function* (self): Main {
      for (;;) {
        yield self.pause()
        taken.push(...self.inbox)
      }
    })
    part.inbox.deliver('before activation')
    const scheduler = start(part)
    part.inbox.deliver('before the first step')
    cycles(scheduler)
    expect(taken).toEqual(['before activation', 'before the first step'])
  })

  it('CMP-14 it is one step more, and sleeps after that', () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    part.control.deliver(producerFinished())
    const scheduler = start(part)
    cycles(scheduler)
    expect(log.length).toBe(2)
  })

  it('CMP-08 a delivery, a message taken from an inbox that it feeds, and the end of a child wake it; its own calls do not', () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    const other = new Part()
    link(part.outbox, other.inbox)
    link(other.outbox, part.inbox)
    const child = new Part(obedient)
    const scheduler = start(part, other)
    cycles(scheduler)
    const step = (act: () => unknown): number => {
      log.length = 0
      act()
      cycles(scheduler)
      return log.length
    }
    expect(step(() => part.outbox.send(1))).toBe(0)
    expect(step(() => part.activate(child))).toBe(0)
    expect(step(() => part.inbox.recv())).toBe(0)
    expect(step(() => other.outbox.send(1))).toBe(1)
    expect(step(() => other.inbox.recv())).toBe(1)
    expect(step(() => part.control.deliver(producerFinished()))).toBe(1)
    expect(step(() => part.inbox.recv())).toBe(0)
    expect(step(() => child.control.deliver(producerFinished()))).toBe(1)
    expect(step(() => scheduler.snapshot())).toBe(0)
  })

  it('CMP-08 with a time it also wakes when that has passed, and not before; a message wakes it earlier', async () => {
    const clock = new ManualClock()
    const log: number[] = []
    const part = new Part(function* (self): Main {
      while (log.length < 4) {
        log.push(clock.now())
        yield self.pause(100)
      }
    })
    const scheduler = new Scheduler({ clock })
    scheduler.activate(part)
    const run = scheduler.run()
    await clock.advance(150)
    part.inbox.deliver(1)
    await clock.advance(99)
    expect(log).toEqual([0, 100, 150])
    await clock.advance(1)
    await clock.advance(100)
    await run
    expect(log).toEqual([0, 100, 150, 250])
    expect(clock.pending).toBe(0)
  })

  it('CMP-08 of several pauses in one step the last counts, and the timers of the others are gone', async () => {
    const clock = new ManualClock()
    const log: number[] = []
    const part = new Part(function* (self): Main {
      self.pause(10)
      self.pause(20)
      yield self.pause(30)
      log.push(clock.now())
      self.pause(40)
      yield self.pause()
      log.push(clock.now())
    })
    const run = part.run({ clock })
    await clock.advance(25)
    expect([clock.pending, ...log]).toEqual([1])
    await clock.advance(1000)
    expect([clock.pending, ...log]).toEqual([0, 30])
    part.inbox.deliver(1)
    await run
    expect(log).toEqual([30, 1025])
  })

  it('CMP-09 a wake that comes between pause() and its yield is not lost', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      const nap = self.pause()
      self.inbox.deliver('to myself')
      yield nap
      log.push('woken by a delivery')
      const drain = self.pause()
      drained.recv()
      yield drain
      log.push('woken by room')
      yield* forever(self)
    })
    const drained = new Inbox<unknown>('Drained')
    link(part.outbox, drained)
    part.outbox.send(1)
    cycles(start(part))
    expect(log).toEqual(['woken by a delivery', 'woken by room'])
  })

  it('CMP-08 pause() outside its own step, from a callback, does not put the component to sleep', () => {
    let steps = 0
    const busy = new Part(function* (): Main {
      for (;;) {
        steps++
        yield
      }
    })
    const scheduler = start(busy)
    scheduler.step()
    busy.pause()
    busy.inbox.deliver(1)
    scheduler.step()
    expect(steps).toBe(2)
    scheduler.step()
    expect(steps).toBe(3)
  })
})

describe('sleep', () => {
  /** Runs a thread on a hand-driven clock. */
  function onClock(thread: (part: Part, clock: ManualClock) => Main) {
    const clock = new ManualClock()
    const part = new Part((self) => thread(self, clock))
    return { clock, part, run: part.run({ clock }) }
  }

  it('CMP-10 returns when ms have passed on the clock of the scheduler, not before', async () => {
    const log: number[] = []
    const { clock, run } = onClock(function* (self, time) {
      for (const ms of [1000, 0.5, 1, 2500]) {
        yield* self.sleep(ms)
        log.push(time.now())
      }
    })
    await clock.advance(999)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual([1000])
    await clock.advance(10_000)
    expect(log).toEqual([1000, 1000.5, 1001.5, 3501.5])
    await run
    expect(clock.pending).toBe(0)
  })

  it('CMP-10 messages that arrive meanwhile wait, and wake it no earlier', async () => {
    const log: unknown[] = []
    const { clock, part, run } = onClock(function* (self, time) {
      yield* self.sleep(100)
      log.push(time.now(), ...self.inbox)
    })
    await clock.advance(50)
    part.inbox.deliver('early')
    part.control.deliver(producerFinished())
    await clock.advance(49)
    expect(log).toEqual([])
    await clock.advance(1)
    await run
    expect(log).toEqual([100, 'early'])
  })

  it('CMP-10 a timer that fires early does not shorten it', async () => {
    let now = 0
    const asked: number[] = []
    const clock = {
      now: () => now,
      after(ms: number, callback: () => void) {
        asked.push(ms)
        const due = now + ms
        // late by nothing, early by half of it, until a quarter is left
        const timer = setImmediate(() => {
          now = ms > 25 ? due - ms / 2 : due
          callback()
        })
        return () => clearImmediate(timer)
      },
    }
    let woken = 0
    await new Part(function* (self) {
      yield* self.sleep(100)
      woken = now
    }).run({ clock })
    expect(woken).toBe(100)
    expect(asked).toEqual([100, 50, 25])
  })

  it.each([0, -5, Number.NaN, -Infinity])(
    'CMP-10 sleep(%d) is one turn of the timers, no more, and asks the clock for nothing odd',
    async (ms) => {
      const time = new ManualClock()
      const asked: number[] = []
      const clock = {
        now: () => time.now(),
        after(wait: number, callback: () => void) {
          asked.push(wait)
          return time.after(wait, callback)
        },
      }
      const part = new Part((self) => self.sleep(ms))
      const run = part.run({ clock })
      expect(part.ended).toBe(false)
      await time.advance(0)
      await run
      expect([part.ended, asked, time.pending]).toEqual([true, [0], 0])
    },
  )

  it('CMP-10 sleep(Infinity) is forever, without a timer; the component can still be closed', async () => {
    const clock = new ManualClock()
    let cleaned = false
    const part = new Part(function* (self): Main {
      try {
        yield* self.sleep(Infinity)
      } finally {
        cleaned = true
      }
    })
    const scheduler = new Scheduler({ clock })
    scheduler.activate(part)
    const run = scheduler.run()
    await clock.advance(1e9)
    expect([part.ended, clock.pending]).toEqual([false, 0])
    scheduler.stop()
    await run
    expect(cleaned).toBe(true)
  })

  it('CMP-10 in real time it takes no step before its time', async () => {
    const began = performance.now()
    let slept = 0
    await new Part(function* (self) {
      yield* self.sleep(30)
      slept = performance.now() - began
    }).run()
    expect(slept).toBeGreaterThanOrEqual(30)
  })
})

describe('until', () => {
  it('CMP-11 returns the value of the promise', async () => {
    const log: unknown[] = []
    await new Part(function* (self) {
      const later = new Promise<string>((resolve) => setTimeout(resolve, 2, 'later'))
      expectTypeOf(self.until(later)).toEqualTypeOf<Generator<undefined, string, void>>()
      log.push(yield* self.until(Promise.resolve(1)))
      log.push(yield* self.until(later))
      log.push(yield* self.until(Promise.resolve(undefined)))
    }).run()
    expect(log).toEqual([1, 'later', undefined])
  })

  it('CMP-11 takes any thenable, also one that answers at once', async () => {
    const log: unknown[] = []
    // biome-ignore lint/suspicious/noThenProperty: it is about thenables
    const atOnce = { then: (done: (value: number) => void) => done(7) } as PromiseLike<number>
    await new Part(function* (self) {
      log.push(yield* self.until(atOnce))
    }).run()
    expect(log).toEqual([7])
  })

  it('CMP-11 a rejection is thrown at the yield*, and can be caught there', async () => {
    const log: unknown[] = []
    await new Part(function* (self) {
      for (const reason of [new Error('refused'), undefined, 'a word'])
        try {
          yield* self.until(Promise.reject(reason))
          log.push('not refused')
        } catch (caught) {
          log.push(caught)
        }
    }).run()
    expect(log).toEqual([new Error('refused'), undefined, 'a word'])
  })

  it('CMP-11 one that is not caught fails the component', async () => {
    const cause = new Error('refused')
    const run = new Part(function* (self) {
      yield* self.until(Promise.reject(cause))
    }).run()
    await expect(run).rejects.toMatchObject({ code: 'COMPONENT_FAILED', cause })
  })

  it('CMP-11 messages that arrive meanwhile wait', async () => {
    const log: unknown[] = []
    let settle = (_: string): void => {}
    const part = new Part(function* (self) {
      const value = yield* self.until(new Promise<string>((resolve) => (settle = resolve)))
      log.push(value, ...self.inbox)
    })
    const scheduler = start(part)
    cycles(scheduler)
    part.inbox.deliver('waits')
    cycles(scheduler)
    expect(log).toEqual([])
    settle('settled')
    await scheduler.run()
    expect(log).toEqual(['settled', 'waits'])
  })

  it('CMP-11 generator methods of the subclass, called with yield*, may pause, sleep and throw too', async () => {
    const clock = new ManualClock()
    const log: unknown[] = []
    function* receive(self: Part): Generator<undefined, unknown, void> {
      while (!self.inbox.ready) yield self.pause()
      return self.inbox.recv()
    }
    function* inner(self: Part): Main {
      log.push(yield* receive(self))
      yield* self.sleep(10)
      log.push(clock.now())
      throw new Error('from within')
    }
    const part = new Part(function* (self) {
      try {
        yield* inner(self)
      } catch (error) {
        log.push((error as Error).message)
      }
    })
    const run = part.run({ clock })
    await clock.advance(5)
    part.inbox.deliver('hello')
    await clock.advance(20)
    await run
    expect(log).toEqual(['hello', 15, 'from within'])
  })

  it('CMP-11 ERR-06 a promise that settles after the component was closed does nothing, rejected or not', async () => {
    for (const rejected of [true, false]) {
      let settle = (): void => {}
      const part = new Part(function* (self) {
        yield* self.until(
          new Promise<void>((resolve, reject) => {
            settle = () => (rejected ? reject(new Error('too late')) : resolve())
          }),
        )
        expect.fail('went on')
      })
      const scheduler = start(part)
      scheduler.step()
      scheduler.stop()
      settle()
      await scheduler.run()
      cycles(scheduler)
      expect(part.ended).toBe(true)
    }
  })

  it('CMP-12 a forgotten star does not compile', () => {
    class Forgetful extends Component {
      override *main(): Main {
        yield this.pause()
        yield* this.sleep(1)
        // @ts-expect-error the star is missing
        yield this.sleep(1)
        // @ts-expect-error the star is missing
        yield this.until(Promise.resolve(1))
        // @ts-expect-error pause is not a generator
        yield* this.pause()
      }
    }
    class Wrong extends Component {
      // @ts-expect-error a main that is not a generator
      override main(): void {}
    }
    expect(new Forgetful().name + new Wrong().name).toBe('ForgetfulWrong')
  })
})

describe('closing', () => {
  it('CMP-13 finally blocks run, exactly once, inner ones first', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      try {
        try {
          yield* self.sleep(1e6)
        } finally {
          log.push('inner')
        }
        log.push('went on')
      } finally {
        log.push('outer')
      }
    })
    const scheduler = start(part)
    scheduler.step()
    scheduler.stop()
    scheduler.stop()
    cycles(scheduler)
    expect(log).toEqual(['inner', 'outer'])
    expect(part.ended).toBe(true)
  })

  it('CMP-13 a finally block that yields is run to its end', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        log.push('one')
        yield
        log.push('two')
        yield self.pause()
        log.push('three')
      }
    })
    const scheduler = start(part)
    scheduler.step()
    scheduler.stop()
    expect(log).toEqual(['one', 'two', 'three'])
  })

  it('CMP-13 one that would wait forever is cut short; outer ones still run', () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      try {
        try {
          yield* forever(self)
        } finally {
          log.push('inner')
          yield* forever(self)
        }
      } finally {
        log.push('outer')
      }
    })
    const scheduler = start(part)
    scheduler.step()
    scheduler.stop()
    expect(log).toEqual(['inner', 'outer'])
    expect(part.ended).toBe(true)
  })

  it('CMP-13 even a thread that refuses to end is ended', async () => {
    let rounds = 0
    const part = new Part(function* (): Main {
      for (;;)
        try {
          rounds++
          yield
        } finally {
        }
    })
    const scheduler = start(part)
    scheduler.step()
    const run = scheduler.run()
    scheduler.stop()
    await run
    const after = rounds
    cycles(scheduler)
    expect([part.ended, rounds]).toEqual([true, after])
  })

  it('CMP-13 what a finally block sends still arrives, and wakes', async () => {
    const clock = new ManualClock()
    const log: unknown[] = []
    const receiver = new Part(function* (self): Main {
      while (!self.inbox.ready) yield self.pause()
      log.push(...self.inbox)
    })
    const part = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.outbox.send('last words')
      }
    })
    link(part.outbox, receiver.inbox)
    const scheduler = new Scheduler({ clock })
    scheduler.activate(receiver)
    scheduler.activate(new Part(doing((self) => self.activate(part))))
    const run = scheduler.run()
    await clock.advance(1000)
    await run
    expect(log).toEqual(['last words'])
  })

  it('CMP-13 one that was closed before its first step ends without ever running; onEnd is called', () => {
    const log: string[] = []
    const part = new Part(noting(log as unknown[]))
    part.atEnd = () => log.push('onEnd')
    const scheduler = start(part)
    scheduler.stop()
    cycles(scheduler)
    expect(log).toEqual(['onEnd'])
    expect(part.ended).toBe(true)
  })

  it('CMP-13 onEnd is called once, after the links are cut, however it ended', () => {
    const threads: ((part: Part) => Main)[] = [
      doing(() => {}),
      doing(() => {
        throw new Error('failed')
      }),
      forever,
    ]
    for (const thread of threads) {
      const log: unknown[] = []
      const part = new Part(thread)
      link(part.outbox, new Inbox<unknown>('In'))
      part.atEnd = () => log.push([part.ended, part.outbox.linked])
      const scheduler = start(part)
      if (threads.indexOf(thread) === 1) expect(() => cycles(scheduler)).toThrow('failed')
      else cycles(scheduler)
      scheduler.stop()
      scheduler.stop()
      expect(log).toEqual([[true, false]])
    }
  })
})
