import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Component, Inbox, type Linkage, link, type Main, Outbox, Scheduler } from '@udpng/core'
import { activeResources, eventually, liveHeap, ManualClock, nothingNew, turn } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cycles, doing, forever, obedient, Part, start } from './part.js'

/** How many of these are still reachable, after a collection. */
async function left(refs: readonly WeakRef<object>[]): Promise<number> {
  await turn()
  liveHeap()
  return refs.filter((ref) => ref.deref() !== undefined).length
}

describe('boxes', () => {
  it('BOX-13 recv is O(1): it reads and writes its ring as often with 1e5 messages waiting as with 1e3', () => {
    /** Accesses to the elements and the length of arrays that are made while it runs, by 500 calls of `recv`. */
    const accesses = (waiting: number): number => {
      let count = 0
      const counted: ProxyHandler<unknown[]> = {
        get(target, key, receiver) {
          count++
          return Reflect.get(target, key, receiver)
        },
        set(target, key, value, receiver) {
          count++
          return Reflect.set(target, key, value, receiver)
        },
      }
      const construct = (target: typeof Array, args: [number]) =>
        new Proxy(new target(...args), counted)
      vi.stubGlobal('Array', new Proxy(Array, { construct }))
      try {
        const inbox = new Inbox<number>('In', { capacity: Infinity })
        for (let n = 0; n < waiting; n++) inbox.deliver(n)
        count = 0
        for (let n = 0; n < 500; n++) inbox.recv()
        return count
      } finally {
        vi.unstubAllGlobals()
      }
    }
    const few = accesses(1000)
    expect(few).toBeGreaterThanOrEqual(500)
    expect(accesses(1e5)).toBe(few)
  })

  it('BOX-13 the inbox keeps no reference to a taken message, however it was taken', async () => {
    const inbox = new Inbox<object>('In', { capacity: 1000, whenFull: 'dropOldest' })
    const refs: WeakRef<object>[] = []
    const deliver = (): void => {
      const message = { bulk: new Array(100).fill(0) }
      refs.push(new WeakRef(message))
      inbox.deliver(message)
    }
    const take = (): void => {
      for (let n = 0; n < 100; n++) inbox.recv()
      for (const _ of inbox) if (inbox.length === 10) break
    }
    for (let n = 0; n < 1500; n++) deliver()
    take()
    expect(await left(refs)).toBe(10)
    expect(inbox).toMatchObject({ delivered: 1500, dropped: 500, taken: 990, length: 10 })
  })

  it('BOX-14 what waited when the component ended is released, though the box is kept', async () => {
    const refs: WeakRef<object>[] = []
    const part = new Part()
    const scheduler = start(part)
    const deliver = (): void => {
      const message = {}
      refs.push(new WeakRef(message))
      part.inbox.deliver(message)
    }
    for (let n = 0; n < 1000; n++) deliver()
    scheduler.stop()
    expect(await left(refs)).toBe(0)
    expect(part.inbox.dropped).toBe(1000)
  })

  it('BOX-13 a burst leaves no memory behind', () => {
    const inbox = new Inbox<number>('In', { capacity: Infinity })
    const before = liveHeap()
    for (let n = 0; n < 1e6; n++) inbox.deliver(n)
    expect(liveHeap() - before).toBeGreaterThan(4e6)
    for (const _ of inbox);
    expect(liveHeap() - before).toBeLessThan(1e6)
    expect(inbox.taken).toBe(1e6)
  })

  it('LNK-08 1e6 links made and cut leave the heap flat', () => {
    const inbox = new Inbox<number>('In')
    const outboxes = Array.from({ length: 10 }, () => new Outbox<number>('Out'))
    const round = (): void => {
      const linkages: Linkage[] = outboxes.map((outbox) => link(outbox, inbox))
      for (const linkage of linkages) linkage.unlink()
    }
    for (let n = 0; n < 1000; n++) round()
    const before = liveHeap()
    for (let n = 0; n < 1e5; n++) round()
    expect(liveHeap() - before).toBeLessThan(500_000)
    expect(outboxes.some((outbox) => outbox.linked)).toBe(false)
  })
})

describe('what a run leaves', () => {
  it('SCH-01 nothing: no timer, listener or handle, however it ended', async () => {
    const before = activeResources()
    const signals = process.eventNames().length
    const endings: ((scheduler: Scheduler) => Promise<unknown>)[] = [
      (scheduler) => scheduler.run(),
      (scheduler) => {
        const run = scheduler.run()
        setImmediate(() => scheduler.stop())
        return run
      },
      (scheduler) => {
        scheduler.activate(
          new Part(function* (): Main {
            yield
            throw new Error('boom')
          }),
        )
        return scheduler.run().catch(() => {})
      },
      (scheduler) => scheduler.run({ signal: AbortSignal.abort() }),
    ]
    for (const [n, end] of endings.entries()) {
      const scheduler = start(
        new Part(function* (self): Main {
          if (n > 0) yield self.pause(1e6)
        }),
        new Part(function* (self): Main {
          yield self.pause(5)
          if (n > 0) yield* forever(self)
        }),
        new Part(function* (self): Main {
          const child = self.activate(new Part(obedient))
          for (let i = 0; i < 100; i++) yield
          child.scheduler.service('key', () => new Part((own) => own.sleep(1e6)))
          yield* n > 0 ? obedient(self) : self.until(Promise.resolve())
        }),
      )
      await end(scheduler)
      await nothingNew(before)
      expect(scheduler.snapshot().components).toEqual([])
    }
    expect(process.eventNames().length).toBe(signals)
  })

  it('SCH-08 with all components paused there is no timer and no immediate', async () => {
    const before = activeResources()
    const scheduler = start(...Array.from({ length: 100 }, () => new Part()))
    const run = scheduler.run()
    for (let n = 0; n < 3; n++) await turn()
    await nothingNew(before)
    scheduler.stop()
    await run
  })

  class Idle extends Component {
    readonly inbox: Inbox<number> = new Inbox('In')
    readonly outbox: Outbox<number> = new Outbox('Out')
    static steps = 0
    override *main(): Main {
      for (;;) {
        Idle.steps++
        yield this.pause()
      }
    }
  }

  it('SCH-08 100 000 paused components make no step, set no timer, and take at most 2 kB each', async () => {
    const count = 100_000
    onTestFinished(() => void vi.restoreAllMocks())
    const timers = (['setTimeout', 'setInterval'] as const).map((name) =>
      vi.spyOn(globalThis, name),
    )
    const before = liveHeap()
    const scheduler = new Scheduler()
    for (let n = 0; n < count; n++) scheduler.activate(new Idle())
    const run = scheduler.run()
    await eventually(() => Idle.steps === count, 'the first step of all')
    expect((liveHeap() - before) / count).toBeLessThanOrEqual(2048)
    // So nothing can wake them: the CPU time that they take is that of the benchmark's section `paused`.
    for (let turns = 0; turns < 10; turns++) await turn()
    const immediates = vi.spyOn(globalThis, 'setImmediate')
    // The length of the last slice is still measured, by a turn of the event loop.
    do {
      immediates.mockClear()
      await turn()
    } while (immediates.mock.calls.length > 1)
    immediates.mockClear()
    for (let turns = 0; turns < 100; turns++) await turn()
    const own = immediates.mock.calls.length - 100 // those of `turn`
    expect(own).toBeLessThanOrEqual(3)
    for (const calls of timers) expect(calls).not.toHaveBeenCalled()
    expect(Idle.steps).toBe(count)
    scheduler.stop()
    await run
  })

  it('SCH-18 1e5 components created, run and ended can all be collected, with their scheduler kept', async () => {
    const scheduler = new Scheduler()
    const refs: WeakRef<object>[] = []
    const batch = (): void => {
      for (let n = 0; n < 1000; n++) {
        const part = new Part(
          n % 3
            ? doing(() => {})
            : function* (self): Main {
                self.activate(new Part(doing(() => {})))
                yield self.pause(1e6)
              },
        )
        link(part.outbox, part.inbox)
        part.inbox.deliver(part)
        refs.push(new WeakRef(part))
        scheduler.activate(part)
      }
    }
    for (let n = 0; n < 100; n++) {
      batch()
      if (n % 10 === 9) scheduler.stop()
      else cycles(scheduler, 4)
    }
    await scheduler.run()
    expect(refs.length).toBe(1e5)
    expect(await left(refs)).toBe(0)
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-18 nor does an idle scheduler keep those that ended in its last cycle', async () => {
    const scheduler = new Scheduler()
    const refs: WeakRef<object>[] = []
    const keeper = scheduler.activate(new Part(obedient))
    const add = (): void => {
      const part = new Part(doing(() => {}))
      refs.push(new WeakRef(part))
      scheduler.activate(part)
    }
    for (let n = 0; n < 100; n++) add()
    const abort = new AbortController()
    const run = scheduler.run({ signal: abort.signal })
    await turn()
    expect(keeper.ended).toBe(false)
    // The collector of some versions of V8 takes what it finds on the stack for a reference: one may stay.
    expect(await left(refs)).toBeLessThanOrEqual(1)
    abort.abort()
    await run
  })

  it('SCH-18 nor does a scheduler keep those that were awake when it was stopped', async () => {
    const scheduler = new Scheduler()
    const refs: WeakRef<object>[] = []
    const add = (): void => {
      const part = new Part(function* (): Main {
        for (;;) yield
      })
      refs.push(new WeakRef(part))
      scheduler.activate(part)
    }
    for (let n = 0; n < 100; n++) add()
    const run = scheduler.run()
    await turn()
    scheduler.stop()
    await run
    expect(await left(refs)).toBeLessThanOrEqual(1)
    expect(scheduler.snapshot().components).toEqual([])
  })

  it('SCH-18 an hour at half load leaves memory flat: the clock driven by hand, at 50 messages a second', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    let [sent, taken, visitors] = [0, 0, 0]
    const source = new Part(function* (self): Main {
      for (;;) {
        yield* self.sleep(1000)
        for (let n = 0; n < 50; n++) self.outbox.send({ n: sent++ })
        // one component is replaced at a time, like the sessions of a server
        const visitor = self.activate(new Part((own) => own.sleep(500)))
        link(visitor.outbox, sink.inbox)
        visitor.outbox.send({})
        visitors++
      }
    })
    const sink = new Part(function* (self): Main {
      for (;;) {
        for (const _ of self.inbox) taken++
        yield self.pause(700)
      }
    })
    link(source.outbox, sink.inbox)
    scheduler.activate(source)
    scheduler.activate(sink)
    const run = scheduler.run()
    const heaps: number[] = []
    for (let quarter = 0; quarter < 4; quarter++) {
      await clock.advance(900_000)
      heaps.push(liveHeap())
    }
    expect([sent, visitors]).toEqual([180_000, 3600])
    expect(taken).toBeGreaterThanOrEqual(sent + visitors - 51)
    // 2700 visitors kept would be some 2.7 MB; compiled code alone comes and goes by some 0.3 MB.
    expect((heaps[3] as number) - (heaps[0] as number)).toBeLessThan(1_000_000)
    expect(scheduler.snapshot().components.length).toBeLessThanOrEqual(3)
    expect(clock.pending).toBeLessThanOrEqual(3)
    scheduler.stop()
    await run
    expect(clock.pending).toBe(0)
  })
})

describe('fairness in real time', () => {
  it('SCH-06 with components that never pause, timers fire, and other sockets are served', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    let served = 0
    socket.on('message', () => served++)
    let steps = 0
    const busy = (): Part =>
      new Part(function* (): Main {
        for (;;) {
          steps++
          yield
        }
      })
    const scheduler = start(busy(), busy(), busy())
    const run = scheduler.run()
    const interval = setInterval(() => socket.send('x', socket.address().port, '127.0.0.1'), 20)
    await eventually(() => served >= 20 && steps > 10_000)
    clearInterval(interval)
    scheduler.stop()
    await run
    socket.close()
  })

  it('SCH-06 with a receiver under flood, from another component or from promises, timers fire as well', async () => {
    const flood = new Part(function* (self): Main {
      for (;;) {
        while (!self.outbox.full) self.outbox.send(0)
        yield self.pause()
      }
    })
    const receiver = new Part(function* (self): Main {
      for (;;) {
        for (const _ of self.inbox) yield* self.until(Promise.resolve())
        yield self.pause()
      }
    })
    link(flood.outbox, receiver.inbox)
    const scheduler = start(flood, receiver)
    const run = scheduler.run()
    let ticks = 0
    const interval = setInterval(() => ticks++, 20)
    await eventually(() => ticks >= 20 && receiver.inbox.taken > 1000)
    clearInterval(interval)
    scheduler.stop()
    await run
  })
})
