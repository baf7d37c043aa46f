import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { DataSource } from '@udpng/flow'
import { describe, expect, it } from 'vitest'

/** A source with its neighbours' boxes, to be stepped by hand. */
function start<T>(items: Iterable<T>, capacity = 1024) {
  const source = new DataSource(items)
  const out = new Inbox<T>('What it sends', { capacity })
  const said = new Inbox<Control>('What it says')
  link(source.outbox, out)
  link(source.signal, said)
  const scheduler = new Scheduler()
  scheduler.activate(source)
  const steps = (count = 20): void => {
    for (let i = 0; i < count; i++) scheduler.step()
  }
  return { source, out, said, scheduler, steps }
}

describe('DataSource', () => {
  it('DAT-01 CTL-03 sends the items in order, then one new producerFinished, and ends', async () => {
    const items = ['a', undefined, 'b', null]
    const { source, out, said, scheduler } = start(items)
    await scheduler.run()
    expect([...out]).toEqual(items)
    expect([...said]).toEqual([producerFinished()])
    expect(source.ended).toBe(true)
  })

  it('DAT-01 sends more items than fit into one step', async () => {
    const items = Array.from({ length: 1000 }, (_, i) => i)
    const { out, scheduler } = start(items)
    await scheduler.run()
    expect([...out]).toEqual(items)
  })

  it('DAT-01 of an empty list sends only producerFinished', async () => {
    const { out, said, scheduler } = start([])
    await scheduler.run()
    expect(out.delivered).toBe(0)
    expect([...said]).toEqual([producerFinished()])
  })

  it('DAT-02 takes any iterable and does not change it', async () => {
    const list = Object.freeze([1, 2, 3])
    for (const items of [list, new Set(list), list.values()]) {
      const { out, scheduler } = start(items)
      await scheduler.run()
      expect([...out]).toEqual([1, 2, 3])
    }
    expect(list).toEqual([1, 2, 3])
  })

  it('DAT-02 FLO-05 reads an item only when there is room for it', () => {
    let read = 0
    function* endless(): Generator<number> {
      for (;;) yield ++read
    }
    const { out, steps } = start(endless(), 3)
    steps()
    expect([read, out.length]).toEqual([3, 3])
    expect([out.recv(), out.recv()]).toEqual([1, 2])
    steps()
    expect([read, out.length]).toEqual([5, 3])
  })

  it('DAT-02 reads nothing from an iterable as long as there was never room', () => {
    let read = 0
    function* items(): Generator<number> {
      yield ++read
    }
    const { out, source, steps } = start(items(), 1)
    out.deliver(0)
    steps()
    expect(read).toBe(0)
    expect(out.recv()).toBe(0)
    steps()
    expect([...out]).toEqual([1])
    steps()
    expect(source.ended).toBe(true)
  })

  it('DAT-02 an endless iterable into the void leaves the others their steps', () => {
    class Counter extends Component {
      count = 0
      override *main(): Main {
        for (;;) {
          this.count++
          yield
        }
      }
    }
    function* endless(): Generator<number> {
      for (let i = 0; ; i++) yield i
    }
    const scheduler = new Scheduler()
    const source = scheduler.activate(new DataSource(endless()))
    const counter = scheduler.activate(new Counter())
    for (let i = 0; i < 10; i++) scheduler.step()
    expect(counter.count).toBe(10)
    expect(source.outbox.discarded).toBeGreaterThan(10)
    scheduler.stop()
  })

  it('DAT-03 CTL-03 shutdownMicroprocess ends it at once and closes the iterator, full or not', () => {
    for (const capacity of [3, Infinity]) {
      let closed = 0
      function* endless(): Generator<number> {
        try {
          for (let i = 0; ; i++) yield i
        } finally {
          closed++
        }
      }
      const { source, out, said, steps } = start(endless(), capacity)
      steps(3)
      const { length } = out
      const word = shutdownMicroprocess({ cause: new Error('enough') })
      source.control.deliver(producerFinished())
      source.control.deliver(word)
      steps(1)
      expect(source.ended).toBe(true)
      expect([...said]).toEqual([word])
      expect(source.signal.sent).toBe(1)
      expect(out.length).toBe(length)
      expect(closed).toBe(1)
    }
  })

  it('DAT-03 a source that is stopped from outside closes the iterator, too', () => {
    let closed = 0
    function* endless(): Generator<number> {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        closed++
      }
    }
    const { scheduler, steps } = start(endless(), 3)
    steps()
    scheduler.stop()
    expect(closed).toBe(1)
  })

  it('DAT-03 producerFinished on its control cuts nothing short', async () => {
    const { source, out, said, scheduler } = start([1, 2, 3])
    source.control.deliver(producerFinished())
    await scheduler.run()
    expect([...out]).toEqual([1, 2, 3])
    expect([...said]).toEqual([producerFinished()])
  })

  it('DAT-02 what cannot be looked at, or written as text, is not iterable either', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    for (const wrong of [proxy, Object.create(null)])
      expect(() => new DataSource(wrong)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }))
  })

  it('DAT-02 what is not iterable is refused; an iterator that throws fails the source', async () => {
    for (const [wrong, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [5, '5'],
      [{ length: 1 }, '{"length":1}'],
    ])
      expect(() => new DataSource(wrong as never)).toThrow(
        expect.objectContaining({
          code: 'BAD_OPTION',
          message: `cannot create DataSource: items is ${shown}; it must be an iterable, such as an array or a generator`,
        }),
      )
    const cause = new Error('disk on fire')
    function* burning(): Generator<number> {
      yield 1
      throw cause
    }
    await expect(new DataSource(burning()).run()).rejects.toMatchObject({
      code: 'COMPONENT_FAILED',
      component: 'DataSource#1',
      cause,
    })
  })
})
