import { Inbox, type InboxOptions, link, Outbox, UdpngError, type WhenFull } from '@udpng/core'
import { show } from '@udpng/core/options'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { cycles, doing, forever, noting, Part, start, thrownBy } from './part.js'

const box = (options?: InboxOptions): Inbox<unknown> => new Inbox<unknown>('Box', options)

function filled(count: number, options?: InboxOptions): Inbox<unknown> {
  const inbox = box(options)
  for (let n = 1; n <= count; n++) inbox.deliver(n)
  return inbox
}

/** Whole numbers below `below`, always the same ones. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('taking', () => {
  it('BOX-01 recv gives messages first in, first out, one per call', () => {
    const inbox = filled(3)
    expect([inbox.recv(), inbox.recv(), inbox.recv()]).toEqual([1, 2, 3])
  })

  it('BOX-01 recv gives undefined when none waits, and that takes nothing', () => {
    const inbox = box()
    expect(inbox.recv()).toBeUndefined()
    expect(inbox.taken).toBe(0)
    inbox.deliver('late')
    expect(inbox.recv()).toBe('late')
    expect(inbox.recv()).toBeUndefined()
    expect(inbox.taken).toBe(1)
  })

  it('BOX-01 ready and length tell an empty inbox from one in which undefined waits', () => {
    const inbox = box()
    expect([inbox.ready, inbox.length]).toEqual([false, 0])
    inbox.deliver(undefined)
    expect([inbox.ready, inbox.length]).toEqual([true, 1])
    expect(inbox.recv()).toBeUndefined()
    expect([inbox.ready, inbox.length, inbox.taken]).toEqual([false, 0, 1])
  })

  it('BOX-01 order holds when the ring wraps and when it grows with its start anywhere', () => {
    for (let start = 0; start <= 70; start++) {
      const inbox = filled(start)
      for (let n = 1; n <= start; n++) expect(inbox.recv()).toBe(n)
      for (let n = 0; n < 300; n++) inbox.deliver(n)
      expect([...inbox]).toEqual(Array.from({ length: 300 }, (_, n) => n))
    }
  })

  it('BOX-02 for..of takes what is queued, also what arrives meanwhile, then ends', () => {
    const inbox = filled(3)
    const got: unknown[] = []
    for (const message of inbox) {
      got.push(message)
      if (message === 2) inbox.deliver('meanwhile')
      if (message === 'meanwhile') inbox.deliver('with the last one')
    }
    expect(got).toEqual([1, 2, 3, 'meanwhile', 'with the last one'])
    expect(inbox.ready).toBe(false)
    expect([...inbox]).toEqual([])
  })

  it('BOX-02 for..of goes through undefined and false messages', () => {
    const inbox = box()
    const falsy = [undefined, null, 0, '', false, undefined]
    for (const message of falsy) inbox.deliver(message)
    expect([...inbox]).toEqual(falsy)
  })

  it('BOX-02 break leaves the rest waiting, in order', () => {
    const inbox = filled(5)
    for (const message of inbox) if (message === 2) break
    expect(inbox.length).toBe(3)
    for (const message of inbox) {
      expect(message).toBe(3)
      break
    }
    expect([...inbox]).toEqual([4, 5])
  })

  it('BOX-02 an error inside the loop leaves the rest waiting too, and loops may be nested', () => {
    const inbox = filled(6)
    expect(() => {
      for (const _ of inbox) throw new Error('inside')
    }).toThrow('inside')
    const got: unknown[] = []
    for (const outer of inbox) {
      got.push(['outer', outer])
      for (const inner of inbox) {
        got.push(['inner', inner])
        if (inner === 4) break
      }
    }
    expect(got).toEqual([
      ['outer', 2],
      ['inner', 3],
      ['inner', 4],
      ['outer', 5],
      ['inner', 6],
    ])
  })
})

describe('capacity', () => {
  it('BOX-06 is 1024 unless given, and the policy "accept"', () => {
    expect([box().capacity, box().whenFull]).toEqual([1024, 'accept'])
    expect(box({ capacity: 7, whenFull: 'throw' })).toMatchObject({
      capacity: 7,
      whenFull: 'throw',
    })
    expect(box({ capacity: Infinity }).capacity).toBe(Infinity)
  })

  it('BOX-06 full is true while length >= capacity', () => {
    const inbox = box({ capacity: 2 })
    const seen: boolean[] = [inbox.full]
    for (let n = 0; n < 3; n++) {
      inbox.deliver(n)
      seen.push(inbox.full)
    }
    for (let n = 0; n < 3; n++) {
      inbox.recv()
      seen.push(inbox.full)
    }
    expect(seen).toEqual([false, false, true, true, true, false, false])
    const endless = box({ capacity: Infinity })
    for (let n = 0; n < 5000; n++) expect(endless.deliver(n)).toBe(true)
    expect(endless.full).toBe(false)
  })

  it.each([0, -1, 1.5, Number.NaN, -Infinity, '10', null, 10n])(
    'BOX-06 a capacity of %o throws',
    (capacity) => {
      const thrown = thrownBy(() => new Inbox('Letters', { capacity: capacity as number }))
      expect(thrown).toBeInstanceOf(UdpngError)
      expect(thrown).toMatchObject({ code: 'BAD_OPTION' })
      expect((thrown as Error).message).toContain('cannot create inbox "Letters": capacity is ')
      expect((thrown as Error).message).toContain(show(capacity))
    },
  )

  it('BOX-06 a capacity that cannot be written as text throws like any other', () => {
    const capacity = Object.create(null) as number
    const thrown = thrownBy(() => new Inbox('Letters', { capacity }))
    expect(thrown).toMatchObject({ code: 'BAD_OPTION' })
  })

  it.each(['', 'drop', 'Accept', null, 3])('BOX-06 a whenFull of %o throws', (whenFull) => {
    const thrown = thrownBy(() => new Inbox('Letters', { whenFull: whenFull as WhenFull }))
    expect(thrown).toMatchObject({ code: 'BAD_OPTION' })
    expect((thrown as Error).message).toMatch(/inbox "Letters": whenFull is .*accept.*dropOldest/)
  })
})

describe('when full', () => {
  it('BOX-07 "accept" stores a message beyond capacity nevertheless', () => {
    const inbox = filled(5, { capacity: 2 })
    expect([inbox.length, inbox.dropped]).toEqual([5, 0])
    expect([...inbox]).toEqual([1, 2, 3, 4, 5])
  })

  it('BOX-07 deliver returns false if the inbox is full after the call, else true', () => {
    const inbox = box({ capacity: 2 })
    expect([inbox.deliver(1), inbox.deliver(2), inbox.deliver(3)]).toEqual([true, false, false])
    inbox.recv()
    inbox.recv()
    expect(inbox.deliver(4)).toBe(false)
    inbox.recv()
    inbox.recv()
    expect(inbox.deliver(5)).toBe(true)
  })

  it('BOX-08 "throw": capacity messages fit, one more throws to the sender and is not stored', () => {
    const inbox = box({ capacity: 3, whenFull: 'throw' })
    const outbox = new Outbox<unknown>('Out')
    link(outbox, inbox)
    for (let n = 1; n <= 3; n++) outbox.send(n)
    for (let again = 0; again < 2; again++)
      expect(thrownBy(() => outbox.send(4))).toMatchObject({ code: 'BOX_FULL' })
    expect([inbox.length, inbox.delivered, inbox.dropped, outbox.sent]).toEqual([3, 3, 0, 3])
    expect([...inbox]).toEqual([1, 2, 3])
  })

  it('BOX-08 after k are taken exactly k more fit', () => {
    for (let k = 0; k <= 4; k++) {
      const inbox = filled(4, { capacity: 4, whenFull: 'throw' })
      for (let n = 0; n < k; n++) inbox.recv()
      for (let n = 0; n < k; n++) inbox.deliver('more')
      expect(() => inbox.deliver('one too many')).toThrow(UdpngError)
      expect(inbox.length).toBe(4)
    }
  })

  it('BOX-08 the error gives component, box and capacity', () => {
    class Narrow extends Part {
      readonly slot: Inbox<number> = new Inbox('One at a time', { capacity: 1, whenFull: 'throw' })
    }
    const narrow = new Narrow()
    start(narrow)
    narrow.slot.deliver(1)
    const thrown = thrownBy(() => narrow.slot.deliver(2)) as UdpngError
    expect(thrown).toMatchObject({ code: 'BOX_FULL', component: 'Narrow#1', box: 'slot' })
    expect(thrown.message).toMatch(/Narrow#1\.slot .*\b1\b/)
    const nobodys = filled(3, { capacity: 3, whenFull: 'throw' })
    expect(() => nobodys.deliver(4)).toThrow(/"Box" .*\b3\b/)
  })

  it('BOX-09 "dropNewest" drops the message just sent, counted', () => {
    const inbox = filled(5, { capacity: 3, whenFull: 'dropNewest' })
    expect([inbox.dropped, inbox.delivered, inbox.unread]).toEqual([2, 5, 0])
    expect([...inbox]).toEqual([1, 2, 3])
  })

  it('BOX-09 "dropOldest" drops the one that waited longest, counted', () => {
    const inbox = filled(5, { capacity: 3, whenFull: 'dropOldest' })
    expect([inbox.dropped, inbox.delivered, inbox.unread]).toEqual([2, 5, 0])
    expect([...inbox]).toEqual([3, 4, 5])
  })

  it.each([1, 2, 15, 16, 17, 1000, 1024, 5000])(
    'BOX-09 "dropOldest" keeps the newest %i, in order, however long it goes on',
    (capacity) => {
      const inbox = filled(3 * capacity + 7, { capacity, whenFull: 'dropOldest' })
      const newest = Array.from({ length: capacity }, (_, n) => 2 * capacity + 8 + n)
      expect([...inbox]).toEqual(newest)
      expect([inbox.taken, inbox.dropped]).toEqual([capacity, 2 * capacity + 7])
    },
  )

  it.each(['dropNewest', 'dropOldest'] as const)(
    'BOX-09 "%s" is never full to its senders: no backpressure',
    (whenFull) => {
      const inbox = box({ capacity: 1, whenFull })
      const outbox = new Outbox<unknown>('Out')
      link(outbox, inbox)
      expect([outbox.send(1), outbox.full]).toEqual([true, false])
      expect([outbox.send(2), outbox.full]).toEqual([true, false])
      expect(inbox.deliver(3)).toBe(true)
      expect([inbox.length, inbox.full, inbox.dropped]).toEqual([1, true, 2])
    },
  )

  const policies = ['accept', 'throw', 'dropNewest', 'dropOldest'] as const
  const sizes = [1, 2, 3, 16, 17, 100, Infinity]
  it.each(policies.flatMap((whenFull) => sizes.map((capacity) => [whenFull, capacity] as const)))(
    'BOX-10 delivered = taken + dropped + length at every moment, and the content is right: "%s", capacity %d',
    (whenFull, capacity) => {
      const inbox = box({ capacity, whenFull })
      const roll = dice(capacity === Infinity ? 7 : capacity)
      let waiting: number[] = []
      let [delivered, taken, dropped, next] = [0, 0, 0, 0]
      for (let i = 0; i < 20_000; i++) {
        // now and then a tide: mostly deliveries, or mostly takings
        if (roll(100) < (i % 1000 < 500 ? 70 : 35)) {
          const message = next++
          const full = waiting.length >= capacity
          if (full && whenFull === 'throw') {
            if (!(thrownBy(() => inbox.deliver(message)) instanceof UdpngError))
              expect.fail('threw')
          } else {
            inbox.deliver(message)
            delivered++
            if (full && whenFull === 'dropOldest') waiting = waiting.slice(1)
            if (full && whenFull.startsWith('drop')) dropped++
            if (!full || whenFull !== 'dropNewest') waiting.push(message)
          }
        } else {
          if (waiting.length > 0) taken++
          if (inbox.recv() !== waiting.shift()) expect.fail(`operation ${i}: wrong message`)
        }
        if (
          inbox.delivered !== delivered ||
          inbox.taken !== taken ||
          inbox.dropped !== dropped ||
          inbox.length !== waiting.length ||
          inbox.full !== waiting.length >= capacity ||
          delivered !== taken + dropped + waiting.length
        )
          expect.fail(`operation ${i}: wrong count`)
      }
      expect([...inbox]).toEqual(waiting)
    },
  )
})

describe('after the end of its component', () => {
  it('BOX-14 what waited is counted as dropped and released', () => {
    const part = new Part(function* () {
      yield
    })
    const scheduler = start(part)
    for (let n = 0; n < 5; n++) part.inbox.deliver(n)
    part.inbox.recv()
    cycles(scheduler)
    expect(part.ended).toBe(true)
    expect(part.inbox).toMatchObject({ delivered: 5, taken: 1, dropped: 4, length: 0 })
    expect(part.inbox.recv()).toBeUndefined()
    expect([...part.inbox]).toEqual([])
    expect(part.inbox.taken).toBe(1)
  })

  it.each(['accept', 'throw', 'dropNewest', 'dropOldest'] as const)(
    'BOX-14 a later deliver stores nothing, is counted, wakes no component and returns false: "%s"',
    (whenFull) => {
      class Narrow extends Part {
        readonly slot: Inbox<unknown> = box({ capacity: 1, whenFull })
      }
      const log: string[] = []
      const narrow = new Narrow(doing(() => log.push('step')))
      const scheduler = start(narrow)
      cycles(scheduler)
      for (let n = 1; n <= 3; n++) expect(narrow.slot.deliver(n)).toBe(false)
      cycles(scheduler)
      expect(narrow.slot).toMatchObject({ delivered: 3, taken: 0, dropped: 3, length: 0 })
      expect([narrow.slot.ready, narrow.slot.full]).toEqual([false, false])
      expect(log).toEqual(['step'])
    },
  )

  it('BOX-14 BOX-10 hold for a component that is closed with a loop over its inbox under way', () => {
    const part = new Part(function* (self) {
      for (const _ of self.inbox) yield
    })
    const scheduler = start(part)
    for (let n = 0; n < 5; n++) part.inbox.deliver(n)
    scheduler.step()
    scheduler.stop()
    expect(part.inbox).toMatchObject({ delivered: 5, taken: 1, dropped: 4, length: 0 })
  })
})

describe('deliveries from outside', () => {
  it('BOX-15 before activation they wait, in order, for the first step', () => {
    const got: unknown[] = []
    const part = new Part(function* (self) {
      got.push(...self.inbox)
      yield* forever(self)
    })
    part.inbox.deliver('a')
    part.inbox.deliver('b')
    const scheduler = start(part)
    part.inbox.deliver('c')
    expect(got).toEqual([])
    scheduler.step()
    expect(got).toEqual(['a', 'b', 'c'])
  })

  it('BOX-15 any callback may deliver while the scheduler runs', async () => {
    const got: unknown[] = []
    const part = new Part(function* (self) {
      for (;;) {
        for (const message of self.inbox) got.push(message)
        if (self.readControl()) return
        yield self.pause()
      }
    })
    const scheduler = start(part)
    const run = scheduler.run()
    setTimeout(() => part.inbox.deliver('timer'), 1)
    setImmediate(() => part.inbox.deliver('immediate'))
    queueMicrotask(() => part.inbox.deliver('microtask'))
    process.nextTick(() => part.inbox.deliver('tick'))
    await eventually(() => got.length === 4)
    expect([...got].sort()).toEqual(['immediate', 'microtask', 'tick', 'timer'])
    scheduler.stop()
    await run
  })

  it('BOX-15 CMP-14 deliveries before the first step lead to one more step, however many they are', () => {
    const log: string[] = []
    const part = new Part(noting(log))
    const scheduler = start(part)
    part.inbox.deliver(1)
    part.inbox.deliver(2)
    cycles(scheduler)
    expect(log).toEqual(['step', 'step'])
  })
})
