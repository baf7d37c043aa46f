import {
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  Scheduler,
  type SchedulerOptions,
  UdpngError,
} from '@udpng/core'
import { ManualClock, turn } from 'test-support'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, obedient, Part, start } from './part.js'

const throwing = (thrown: unknown) =>
  doing(() => {
    throw thrown
  })

/** Fails in its second step. */
const failingLater = (thrown: unknown) =>
  function* (): Main {
    yield
    throw thrown
  }

const unexpected: unknown[] = []
const note = (thrown: unknown): unknown => unexpected.push(thrown)
beforeAll(() => {
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
})
afterAll(async () => {
  await turn()
  process.off('unhandledRejection', note)
  process.off('uncaughtException', note)
  expect(unexpected).toEqual([])
})

/** Runs to the end, and gives what `run()` was rejected with. */
async function failureOf(scheduler: Scheduler): Promise<UdpngError> {
  const [outcome] = await Promise.allSettled([scheduler.run()])
  if (outcome?.status !== 'rejected') throw new Error('run() resolved')
  expect(outcome.reason).toBeInstanceOf(UdpngError)
  return outcome.reason as UdpngError
}

describe('onFailure "stop"', () => {
  it('ERR-01 is the default: every other component is closed cleanly, and run() rejects', async () => {
    const log: string[] = []
    const others = ['paused', 'asleep'].map(
      (name) =>
        new Part(function* (self): Main {
          try {
            if (name === 'asleep') yield* self.sleep(1e6)
            yield* forever(self)
          } finally {
            log.push(name)
          }
        }),
    )
    const scheduler = start(...others, new Part(failingLater(new Error('boom'))))
    const failure = await failureOf(scheduler)
    expect(log).toEqual(['paused', 'asleep'])
    expect(others.every((part) => part.ended)).toBe(true)
    expect(failure.code).toBe('COMPONENT_FAILED')
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('ERR-01 the error names the component and keeps the cause', async () => {
    class Fragile extends Part {}
    const cause = new TypeError('boom')
    const failure = await failureOf(start(new Part(obedient), new Fragile(throwing(cause))))
    expect(failure).toMatchObject({ component: 'Fragile#1', cause })
    expect(failure.message).toMatch(/Fragile#1 failed.*boom/)
  })

  it('ERR-01 component.run() rejects likewise, and so it does for a child', async () => {
    const cause = new Error('boom')
    await expect(new Part(throwing(cause)).run()).rejects.toMatchObject({ cause })
    const parent = new Part(function* (self): Main {
      self.activate(new Part(throwing(cause)))
      yield* forever(self)
    })
    await expect(parent.run()).rejects.toMatchObject({ cause, component: 'Part#2' })
    expect(parent.ended).toBe(true)
  })

  it('ERR-01 a service that fails counts too', async () => {
    const scheduler = start(new Part())
    scheduler.service('key', () => new Part(failingLater(new Error('service'))))
    expect(await failureOf(scheduler)).toMatchObject({ component: 'Part#2' })
  })

  it('ERR-01 a UdpngError passes through with its component filled in', async () => {
    const own = new UdpngError('BIND_FAILED', 'port taken', { port: 514 })
    expect(await failureOf(start(new Part(throwing(own))))).toBe(own)
    expect(own).toMatchObject({ code: 'BIND_FAILED', component: 'Part#1', port: 514 })
  })

  it('ERR-01 one that names another component becomes the cause: BOX_FULL of the neighbour', async () => {
    class Narrow extends Part {
      readonly slot: Inbox<unknown> = new Inbox('Slot', { capacity: 1, whenFull: 'throw' })
    }
    const narrow = new Narrow()
    const sender = new Part(function* (self): Main {
      for (;;) {
        self.outbox.send('pushy')
        yield
      }
    })
    link(sender.outbox, narrow.slot)
    expect(await failureOf(start(narrow, sender))).toMatchObject({
      code: 'COMPONENT_FAILED',
      component: 'Part#1',
      cause: { code: 'BOX_FULL', component: 'Narrow#1', box: 'slot' },
    })
  })

  it('ERR-01 of several failures the first is reported', async () => {
    const parts = [1, 2, 3].map((n) => new Part(throwing(new Error(`number ${n}`))))
    expect((await failureOf(start(...parts))).message).toContain('number 1')
  })

  it('ERR-07 step() throws the failure that it met, once all others are closed, and only once', async () => {
    const scheduler = start(new Part(throwing(new Error('boom'))), new Part())
    expect(() => scheduler.step()).toThrow('boom')
    expect(scheduler.snapshot().components).toEqual([])
    expect(() => scheduler.step()).not.toThrow()
    await expect(scheduler.run()).resolves.toBeUndefined()
  })

  it('ERR-07 during a run, the run rejects, and step() does not throw', async () => {
    const scheduler = start(new Part(throwing(new Error('boom'))), new Part())
    const failure = failureOf(scheduler)
    expect(() => scheduler.step()).not.toThrow()
    expect((await failure).message).toContain('boom')
  })

  it('ERR-07 with "isolate", step() does not throw', () => {
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.activate(new Part(throwing(new Error('boom'))))
    expect(() => scheduler.step()).not.toThrow()
  })

  it('ERR-01 ERR-04 a failure in the clean-up of the last one, closed from outside, with services awake', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    const service = scheduler.service('key', () => new Part(obedient))
    const part = new Part()
    part.atEnd = () => {
      service.inbox.deliver('wakes it')
      throw new Error('in onEnd')
    }
    scheduler.activate(part)
    const run = scheduler.run({ signal: AbortSignal.abort() })
    const outcome = expect(run).rejects.toMatchObject({ component: 'Part#2' })
    await clock.advance(1000)
    await outcome
    await expect(scheduler.run()).resolves.toBeUndefined()
  })
})

describe('onFailure "isolate"', () => {
  const isolated = (...parts: readonly Part[]) => {
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    const errors: UdpngError[] = []
    scheduler.observe((event) => {
      if (event.kind === 'failed') errors.push(event.error)
    })
    for (const part of parts) scheduler.activate(part)
    return { scheduler, errors }
  }

  it('ERR-02 only the failed component ends, observers get the error, all others run on', async () => {
    const cause = new Error('boom')
    const other = new Part(obedient)
    const { scheduler, errors } = isolated(new Part(throwing(cause)), other)
    const run = scheduler.run()
    await turn()
    expect(other.ended).toBe(false)
    expect(errors).toMatchObject([{ code: 'COMPONENT_FAILED', component: 'Part#1', cause }])
    other.control.deliver(producerFinished())
    await run
  })

  it('ERR-02 run() resolves also when all have failed', async () => {
    const { scheduler, errors } = isolated(new Part(throwing(1)), new Part(throwing(2)))
    await scheduler.run()
    expect(errors.map(({ cause }) => cause)).toEqual([1, 2])
  })

  it('ERR-02 an observer may replace the failed component', async () => {
    const { scheduler } = isolated(new Part(throwing('first')))
    let second: Part | undefined
    scheduler.observe(({ kind }) => {
      if (kind === 'failed') second = scheduler.activate(new Part(doing(() => {})))
    })
    await scheduler.run()
    expect(second?.ended).toBe(true)
  })

  it('ERR-03 it first sends shutdownMicroprocess({ cause }) on signal; then its links are cut, its children shut down, its parent woken', () => {
    const log: unknown[] = []
    const cause = new Error('boom')
    const words = new Inbox<Control>('Words')
    const child = new Part(obedient)
    const failing = new Part(function* (self): Main {
      self.activate(child)
      yield
      throw cause
    })
    link(failing.signal, words, () => log.push(`signal cut after ${words.length} word`))
    const sender = new Part()
    link(sender.outbox, failing.inbox, () => log.push(`child told ${child.control.length}`))
    const parent = new Part(function* (self): Main {
      self.activate(failing)
      for (;;) {
        log.push('parent steps')
        yield self.pause()
      }
    })
    failing.atEnd = () => log.push(`at the end child told ${child.control.length}`)
    const { scheduler, errors } = isolated(parent)
    cycles(scheduler)
    expect(log.filter((each) => each !== 'parent steps')).toHaveLength(3)
    expect(log).toEqual([
      'parent steps',
      'signal cut after 1 word',
      'child told 0',
      'at the end child told 1',
      'parent steps',
    ])
    const [word, ...more] = words
    expect(more).toEqual([])
    expect(word).toEqual({ kind: 'shutdownMicroprocess', cause: errors[0] })
    expect(errors[0]).toMatchObject({ component: 'Part#2', cause })
    expect([child.ended, child.control.delivered, parent.ended]).toEqual([true, 1, false])
  })

  it('ERR-03 the word with the cause leaves also when something was said before', () => {
    const words = new Inbox<Control>('Words')
    const failing = new Part(
      doing((self) => {
        self.signal.send(producerFinished())
        throw new Error('after the last word')
      }),
    )
    link(failing.signal, words)
    cycles(isolated(failing).scheduler)
    expect([...words].map(({ kind }) => kind)).toEqual(['producerFinished', 'shutdownMicroprocess'])
  })

  it('ERR-03 the failure of a child wakes the parent as an end does, and leaves its other children alone', () => {
    const sibling = new Part(obedient)
    const log: boolean[] = []
    const parent = new Part(function* (self): Main {
      const child = self.activate(new Part(throwing('child')))
      self.activate(sibling)
      while (!child.ended) yield self.pause()
      log.push(sibling.ended)
      yield* forever(self)
    })
    cycles(isolated(parent).scheduler)
    expect(log).toEqual([false])
  })

  it('ERR-03 the failure of a parent shuts its children down with the cause', () => {
    const words: Control[] = []
    const child = new Part(function* (self): Main {
      while (!self.control.ready) yield self.pause()
      words.push(...self.control)
    })
    const parent = new Part(function* (self): Main {
      self.activate(child)
      yield
      throw new Error('parent')
    })
    const { scheduler, errors } = isolated(parent)
    cycles(scheduler)
    expect(words).toEqual([{ kind: 'shutdownMicroprocess', cause: errors[0] }])
  })
})

describe('whatever is thrown', () => {
  const frozen = Object.freeze(new UdpngError('SEND_FAILED', 'frozen'))
  const hostile = new Error('hostile')
  Object.defineProperty(hostile, 'message', {
    get() {
      throw new Error('no message for you')
    },
  })
  const things: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['a string', 'a word'],
    ['NaN', Number.NaN],
    ['a symbol', Symbol('thrown')],
    ['a bigint', 5n],
    ['an object without prototype', Object.create(null)],
    ['an object that cannot be a string', { toString: 5, valueOf: 5 }],
    ['a function', () => {}],
    ['a frozen UdpngError', frozen],
    ['an error that hides its message', hostile],
    ['an error whose message is a symbol', Object.assign(new Error('x'), { message: Symbol('m') })],
    ['a revoked proxy', revoked()],
  ]
  function revoked(): object {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }

  it.each(things)('ERR-04 %s never passes for a normal end', async (_, thrown) => {
    const words = new Inbox<Control>('Words')
    const part = new Part(throwing(thrown))
    link(part.signal, words)
    const failure = await failureOf(start(part))
    expect(failure.component).toBe('Part#1')
    expect(failure.code).toBe('COMPONENT_FAILED')
    expect(Object.hasOwn(failure, 'cause')).toBe(true)
    expect(Object.is(failure.cause, thrown)).toBe(true)
    expect(failure.message).toContain('Part#1 failed')
    expect(words.recv()).toMatchObject({ kind: 'shutdownMicroprocess' })
  })

  it('ERR-04 in the first step, a later one, a finally, a sleep, an until, an own generator, or onEnd', async () => {
    const threads: ((part: Part) => Main)[] = [
      throwing(undefined),
      failingLater(undefined),
      function* (): Main {
        try {
          yield
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: it is about that
          throw undefined
        }
      },
      function* (self): Main {
        yield* self.until(Promise.reject(undefined))
      },
      function* (self): Main {
        yield* self.sleep(1)
        yield* failingLater(undefined)()
      },
    ]
    for (const thread of threads) {
      const failure = await failureOf(start(new Part(thread)))
      expect(Object.hasOwn(failure, 'cause') && failure.cause === undefined).toBe(true)
    }
    const part = new Part(doing(() => {}))
    part.atEnd = () => {
      throw undefined
    }
    expect((await failureOf(start(part))).cause).toBeUndefined()
  })

  it('ERR-08 a main that is not a generator fails in its first step', async () => {
    async function* asynchronous() {
      yield await Promise.resolve()
    }
    for (const main of [() => undefined, () => 5, () => [1], async () => {}, asynchronous]) {
      const part = new Part()
      Object.assign(part, { main })
      expect(await failureOf(start(part))).toMatchObject({
        code: 'COMPONENT_FAILED',
        component: 'Part#1',
        message: expect.stringContaining(
          'Part#1 failed: main is not a generator; write *main(), and yield* this.until(promise)',
        ),
      })
    }
  })

  it('ERR-04 a component without main fails, too', async () => {
    const part = new Part()
    Object.assign(part, { main: undefined })
    expect((await failureOf(start(part))).cause).toBeInstanceOf(TypeError)
  })

  it('ERR-08 a sleep or until without the star fails, and clean-up runs', async () => {
    for (const wrong of [
      (part: Part) => part.sleep(1),
      (part: Part) => part.until(new Promise(() => {})),
    ]) {
      const log: string[] = []
      const part = new Part(function* (self): Main {
        try {
          yield wrong(self) as never
        } finally {
          log.push('clean-up')
        }
      })
      expect(await failureOf(start(part))).toMatchObject({
        code: 'COMPONENT_FAILED',
        component: 'Part#1',
        message: expect.stringContaining(
          'Part#1 failed: main yielded a value; write yield* (with the star)',
        ),
      })
      expect(log).toEqual(['clean-up'])
    }
  })

  it('ERR-04 a second failure while closing does not keep the rest from closing', async () => {
    const log: unknown[] = []
    const parts = Array.from(
      { length: 6 },
      (_, n) =>
        new Part(function* (self): Main {
          try {
            yield* forever(self)
          } finally {
            log.push(n)
            // biome-ignore lint/correctness/noUnsafeFinally: it is about that
            if (n % 2) throw new Error(`closing ${n}`)
          }
        }),
    )
    for (const part of parts.slice(3))
      part.atEnd = () => {
        throw new Error('and at the end')
      }
    const scheduler = start(
      ...parts.slice(0, 3),
      new Part(failingLater('first')),
      ...parts.slice(3),
    )
    const told: unknown[] = []
    scheduler.observe((event) => {
      if (event.kind === 'failed') told.push(event.error.cause)
    })
    const failure = await failureOf(scheduler)
    expect(failure.cause).toBe('first')
    expect(log).toEqual([0, 1, 2, 3, 4, 5])
    expect(parts.every((part) => part.ended)).toBe(true)
    expect(told.length).toBe(5)
  })

  it('ERR-04 a failure in a finally block of a component that stop() closes rejects run()', async () => {
    const part = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: it is about that
        throw 'while closing'
      }
    })
    const scheduler = start(part)
    const run = failureOf(scheduler)
    await turn()
    scheduler.stop()
    expect(await run).toMatchObject({ cause: 'while closing', component: 'Part#1' })
  })

  it('ERR-04 a component that fails in the step in which it called stop() has failed', async () => {
    const part = new Part(
      doing((self) => {
        self.scheduler.stop()
        throw 'after stop'
      }),
    )
    expect((await failureOf(start(new Part(), part, new Part()))).cause).toBe('after stop')
  })

  it('ERR-04 ERR-06 onEnd is called once, and the end told once, however much fails', async () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        self.scheduler.stop()
        // biome-ignore lint/correctness/noUnsafeFinally: it is about that
        throw 'closing'
      }
    })
    part.atEnd = () => {
      log.push('onEnd')
      part.scheduler.stop()
      throw 'onEnd'
    }
    const scheduler = start(part)
    scheduler.observe(({ kind }) => {
      log.push(kind)
      scheduler.stop()
      throw 'listener'
    })
    const run = failureOf(scheduler)
    await turn()
    scheduler.stop()
    expect((await run).cause).toBe('closing')
    expect(log).toEqual(['onEnd', 'failed', 'ended'])
  })

  it('ERR-06 one rejected promise that fails two components names each of them', async () => {
    const shared = Promise.reject(new UdpngError('LOOKUP_FAILED', 'no such host'))
    const told: UdpngError[] = []
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.observe((event) => {
      if (event.kind === 'failed') told.push(event.error)
    })
    for (let n = 0; n < 2; n++) scheduler.activate(new Part((self) => self.until(shared)))
    await scheduler.run()
    expect(told).toMatchObject([
      { component: 'Part#1', code: 'LOOKUP_FAILED' },
      { component: 'Part#2', code: 'COMPONENT_FAILED', cause: { code: 'LOOKUP_FAILED' } },
    ])
  })
})

describe('UdpngError', () => {
  it('ERR-05 is an Error with a literal code, the cause, and where known the place', () => {
    const cause = Object.assign(new Error('bind EACCES'), { code: 'EACCES' })
    const error = new UdpngError('BIND_FAILED', 'port 514 needs root', {
      cause,
      component: 'SimplePeer#3',
      box: 'inbox',
      address: '0.0.0.0',
      port: 514,
      syscall: 'bind',
    })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'UdpngError',
      code: 'BIND_FAILED',
      message: 'port 514 needs root',
      cause,
      component: 'SimplePeer#3',
      box: 'inbox',
      address: '0.0.0.0',
      port: 514,
      syscall: 'bind',
    })
    expect(String(error)).toBe('UdpngError: port 514 needs root')
    expect(error.stack).toContain('failures.test')
    expectTypeOf(error.code).not.toEqualTypeOf<string>()
    // @ts-expect-error no such code
    expect(error.code === 'NO_SUCH_CODE').toBe(false)
  })

  it('ERR-05 has no cause and no place when none is given', () => {
    const error = new UdpngError('BAD_MESSAGE', 'what is that')
    expect('cause' in error || 'component' in error || 'port' in error).toBe(false)
  })

  it('ERR-05 each error of this package says what happened, where, and what to do', () => {
    const full = new Inbox<number>('Letters', { capacity: 1, whenFull: 'throw' })
    full.deliver(1)
    const [outbox, inbox] = [new Outbox<number>('Out'), new Inbox<number>('In')]
    link(outbox, inbox)
    const ended = new Part(doing(() => {}))
    const scheduler = start(ended)
    cycles(scheduler)
    const cases: [() => unknown, UdpngError['code'], RegExp][] = [
      [() => full.deliver(2), 'BOX_FULL', /"Letters" is full.*raise/],
      [() => link(outbox, full), 'BOX_ALREADY_LINKED', /"Out" to "Letters".*"In".*unlink/],
      [() => link(inbox as never, inbox), 'BAD_LINK', /"In": it must be an outbox/],
      [
        () => new Inbox('Small', { capacity: 0 }),
        'BAD_OPTION',
        /"Small": capacity is 0; it must be/,
      ],
      [
        () => new Scheduler({ onFailure: 'x' } as unknown as SchedulerOptions),
        'BAD_OPTION',
        /x.*stop/,
      ],
      [() => scheduler.activate(ended), 'BAD_ACTIVATION', /Part#1.*make a new one/],
    ]
    for (const [act, code, text] of cases)
      try {
        act()
        expect.fail('nothing was thrown')
      } catch (error) {
        expect(error).toMatchObject({ name: 'UdpngError', code })
        expect((error as Error).message).toMatch(text)
      }
  })
})
