import {
  type Component,
  type Control,
  Inbox,
  link,
  type Main,
  Scheduler,
  type SchedulerEvent,
  type UdpngError,
} from '@udpng/core'
import { activeResources, ManualClock, nothingNew, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { cycles, forever, obedient, Part } from './part.js'

/** A parent that decides about the failures of its children. */
class Guard extends Part {
  readonly asked: [child: Component, failure: UdpngError][] = []
  decide: () => boolean = () => true

  protected override onChildFailure(child: Component, failure: UdpngError): boolean {
    this.asked.push([child, failure])
    return this.decide()
  }
}

/** Starts these, and runs on. */
const parentOf = (...children: readonly Component[]) =>
  function* (self: Part): Main {
    for (const child of children) self.activate(child)
    yield* obedient(self)
  }

/** Fails when it gets a message. */
const fragile = (thrown: unknown = new Error('boom')) =>
  new Part(function* (self): Main {
    while (!self.inbox.ready) yield self.pause()
    throw thrown
  })

/** Obeys nothing, and notes its clean-up. */
const deaf = (log: unknown[], mark: string) =>
  new Part(function* (self): Main {
    try {
      yield* forever(self)
    } finally {
      log.push(mark)
    }
  })

function begin(...parts: readonly Component[]) {
  const clock = new ManualClock()
  const scheduler = new Scheduler({ clock })
  const events: SchedulerEvent[] = []
  scheduler.observe((event) => events.push(event))
  for (const part of parts) scheduler.activate(part)
  cycles(scheduler)
  return { clock, scheduler, events }
}

describe('a parent that contains the failures of its children', () => {
  it('SCH-19 ends the child alone: all others run on, run() goes on, and observers get the failure', async () => {
    const before = activeResources()
    const boom = new Error('boom')
    const failing = fragile(boom)
    const sibling = new Part(obedient)
    const guard = new Guard(parentOf(failing, sibling))
    const other = new Part(obedient)
    const { scheduler, events } = begin(guard, other)
    const stop = new AbortController()
    const run = scheduler.run({ signal: stop.signal })
    failing.inbox.deliver('now')
    cycles(scheduler)
    expect([guard, sibling, other].map(({ ended }) => ended)).toEqual([false, false, false])
    expect(guard.asked).toHaveLength(1)
    expect(guard.asked[0]?.[0]).toBe(failing)
    expect(guard.asked[0]?.[1]).toMatchObject({ code: 'COMPONENT_FAILED', cause: boom })
    const failures = events.flatMap((event) => (event.kind === 'failed' ? [event.error] : []))
    expect(failures).toEqual([guard.asked[0]?.[1]])
    stop.abort()
    await expect(run).resolves.toBeUndefined()
    await nothingNew(before)
  })

  it('SCH-19 a failure further down closes that child at once, with all that it started, and nothing else', () => {
    const log: string[] = []
    const failing = fragile()
    const words = new Inbox<Control>('What the child said')
    const child = new Part(function* (self): Main {
      self.activate(deaf(log, 'grandchild'))
      self.activate(new Part(parentOf(failing, deaf(log, 'great-grandchild'))))
      yield* deaf(log, 'child').main() as Main
    })
    child.atEnd = () => log.push('child ended')
    link(child.signal, words)
    const sibling = deaf(log, 'sibling')
    const guard = new Guard(parentOf(child, sibling))
    const { clock, scheduler, events } = begin(guard)
    failing.inbox.deliver('now')
    cycles(scheduler, 1)
    expect(log).toEqual(['child', 'child ended', 'grandchild', 'great-grandchild'])
    expect(clock.pending).toBe(0)
    expect(guard.asked.map(([each]) => each)).toEqual([child])
    expect([...words]).toEqual([{ kind: 'shutdownMicroprocess', cause: guard.asked[0]?.[1] }])
    expect([guard.ended, sibling.ended]).toEqual([false, false])
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1)
    expect(scheduler.snapshot().components).toHaveLength(2)
  })

  it('SCH-19 components that were awake after one that is closed for it still step, in the same turn', async () => {
    const failing = fragile()
    const awake = new Part()
    const child = new Part(function* (self): Main {
      for (const part of [failing, awake]) self.activate(part)
      yield* forever(self)
    })
    const scheduler = new Scheduler({ clock: new ManualClock() })
    scheduler.activate(new Guard(parentOf(child)))
    const run = scheduler.run()
    await turn()
    const last = scheduler.activate(
      new Part(function* (self): Main {
        while (!self.inbox.ready) yield self.pause()
      }),
    )
    await turn()
    for (const part of [failing, awake, last]) part.inbox.deliver('now')
    await turn()
    expect([failing, awake, last].map(({ ended }) => ended)).toEqual([true, true, true])
    scheduler.stop()
    await run
  })

  it('SCH-20 the nearest decides; one that does not, or throws over it, leaves it to its own parent, and at last to onFailure', async () => {
    const failing = [fragile('first'), fragile('second'), fragile('third')] as const
    const inner = new Guard(parentOf(...failing))
    const outer = new Guard(parentOf(inner, new Part(obedient)))
    const other = new Part(obedient)
    const { scheduler } = begin(outer, other)
    failing[0].inbox.deliver('now')
    cycles(scheduler)
    expect([inner.asked.length, outer.asked.length, inner.ended]).toEqual([1, 0, false])
    inner.decide = () => {
      throw new Error('no decision')
    }
    failing[1].inbox.deliver('now')
    cycles(scheduler)
    expect([inner.asked.length, outer.asked.length]).toEqual([2, 1])
    expect(outer.asked[0]?.[0]).toBe(inner)
    expect([inner.ended, failing[2].ended, outer.ended, other.ended]).toEqual([
      true,
      true,
      false,
      false,
    ])
    const again = fragile('fourth')
    const reluctant = new Guard(parentOf(again))
    reluctant.decide = () => false
    scheduler.activate(reluctant)
    cycles(scheduler)
    const run = scheduler.run()
    again.inbox.deliver('now')
    await expect(run).rejects.toMatchObject({ cause: 'fourth' })
    expect([outer.ended, other.ended]).toEqual([true, true])
  })

  it('SCH-20 also when the parent, or the child, has ended and what it started still ends', async () => {
    const late = () =>
      new Part(function* (self): Main {
        while (!self.readControl()) yield self.pause()
        yield
        throw new Error('too late')
      })
    const child = new Part(parentOf(late(), new Part(forever)))
    const guard = new Guard(parentOf(child, late()))
    const other = new Part(obedient)
    const { clock, scheduler } = begin(guard, other)
    guard.control.deliver({ kind: 'shutdownMicroprocess' })
    cycles(scheduler)
    expect(guard.ended).toBe(true)
    expect(guard.asked).toHaveLength(2)
    expect(guard.asked.map(([each]) => each)).toContain(child)
    expect(other.ended).toBe(false)
    expect(scheduler.snapshot().components.map(({ name }) => name)).toEqual([other.name])
    expect(clock.pending).toBe(0)
  })

  it('SCH-21 failures in finally and onEnd, of what is closed for it too, stay inside', async () => {
    const log: string[] = []
    const failing = fragile()
    failing.atEnd = () => {
      throw new Error('in onEnd')
    }
    const sibling = new Part(function* (self): Main {
      try {
        yield* forever(self)
      } finally {
        log.push('finally')
        // biome-ignore lint/correctness/noUnsafeFinally: it is about that
        throw new Error('in finally')
      }
    })
    const child = new Part(parentOf(failing, sibling))
    child.atEnd = () => {
      log.push('onEnd')
      throw new Error('in onEnd of the child')
    }
    const guard = new Guard(parentOf(child))
    const other = new Part(obedient)
    const { scheduler, events } = begin(guard, other)
    failing.inbox.deliver('now')
    cycles(scheduler)
    expect(log).toEqual(['onEnd', 'finally'])
    expect(guard.asked.map(([each]) => each)).toEqual([child, child, child])
    expect([guard.ended, other.ended]).toEqual([false, false])
    expect(events.filter(({ kind }) => kind === 'ended')).toHaveLength(3)
    const stop = AbortSignal.abort()
    await expect(scheduler.run({ signal: stop })).resolves.toBeUndefined()
  })
})
