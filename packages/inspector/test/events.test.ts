import { type Component, link, Scheduler } from '@udpng/core'
import { DataSource } from '@udpng/flow'
import type { MessagePicture, Moment, Picture } from '@udpng/inspector'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Events, snapshot } from './client.js'
import { merge } from './merge.js'
import { inspecting, Relay, Wall } from './parts.js'

function running(...components: Component[]): Scheduler & Disposable {
  const scheduler = new Scheduler({ onFailure: 'isolate' })
  for (const component of components) scheduler.activate(component)
  void scheduler.run()
  return Object.assign(scheduler, { [Symbol.dispose]: () => scheduler.stop() })
}

/** The picture that a client has, which heard these. */
function known(events: Events): Picture {
  const [first] = events.of<Picture>('picture')
  return events.of('change').reduce<unknown>(merge, first) as Picture
}

describe('events', { timeout: 120_000 }, () => {
  it('INS-06 begin with the whole picture; the patches that follow make exactly what is there', async () => {
    const relay = new Relay()
    const wall = new Wall({ capacity: 4, whenFull: 'dropOldest' })
    link(relay.outbox, wall.inbox)
    using scheduler = running(relay, wall)
    await using inspector = await inspecting(scheduler)
    using events = await Events.open(inspector.url, '/events')
    await events.have('picture')
    for (const message of ['a', 'report', ...'bcdefg']) relay.inbox.deliver(message)
    scheduler.activate(new DataSource([1, 2, 3]))
    scheduler.activate(new Wall()).inbox.deliver('x')
    await events.have('change', 2)
    wall.control.deliver({ kind: 'producerFinished' })
    relay.inbox.deliver('fail')
    await eventually(
      () =>
        known(events).components['Wall#1']?.state === 'ended' &&
        known(events).components['Relay#1']?.state === 'failed',
      () => JSON.stringify(events.all),
    )
    const { time, ...now } = await snapshot(inspector.url)
    const { time: before, ...theirs } = known(events)
    expect(theirs).toEqual(now)
    expect(time).toBeGreaterThanOrEqual(before)
    expect(events.of('picture')).toHaveLength(1)
    expect(events.of<Picture>('change').every((change) => change.time > 0)).toBe(true)
  })

  it('INS-06 come twice a second at most', async () => {
    const wall = new Wall({ capacity: Infinity })
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    using events = await Events.open(inspector.url, '/events')
    const busy = setInterval(() => wall.inbox.deliver('x'), 1)
    await events.have('change', 4)
    clearInterval(busy)
    const times = events.of<Picture>('change').map(({ time }) => time)
    // The first look of a viewer may come sooner; a timer may be a millisecond early.
    for (let i = 2; i < times.length; i++)
      expect((times[i] as number) - (times[i - 1] as number)).toBeGreaterThanOrEqual(495)
  })

  it('INS-06 tell all viewers the same, whenever they came', async () => {
    const wall = new Wall({ capacity: Infinity })
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    using one = await Events.open(inspector.url, '/events')
    wall.inbox.deliver('x')
    await one.have('change', 2)
    using two = await Events.open(inspector.url, '/events')
    wall.inbox.deliver('y')
    const has = (events: Events, delivered: number): boolean =>
      known(events).components['Wall#1']?.inboxes['inbox']?.delivered === delivered
    await eventually(() => two.of('picture').length > 0 && has(one, 2) && has(two, 2))
    const last = (events: Events) => known(events).time
    await eventually(() => last(one) === last(two))
    expect(known(one)).toEqual(known(two))
  })

  it('INS-08 tell each second what happened in it', async () => {
    const wall = new Wall({ capacity: 10, whenFull: 'dropNewest' })
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    using events = await Events.open(inspector.url, '/events')
    for (let i = 0; i < 100; i++) wall.inbox.deliver(i)
    const busyAt = (): number =>
      events.of<Moment>('moment').findIndex(({ delivered }) => delivered > 0)
    await eventually(() => busyAt() >= 0 && events.of('moment').length > busyAt() + 1)
    const [first, second] = events.of<Moment>('moment').slice(busyAt())
    expect((first?.dropped ?? 0) / (first?.delivered ?? 0)).toBeCloseTo(0.9)
    expect(second).toMatchObject({ delivered: 0, dropped: 0 })
  })
})

describe('messages', { timeout: 120_000 }, () => {
  const path = (box: string): string => `/messages?box=${encodeURIComponent(box)}`

  it('INS-09 of a box are shown while a client reads them, and only then it is tapped', async () => {
    const relay = new Relay()
    const wall = new Wall({ capacity: Infinity })
    link(relay.outbox, wall.inbox)
    using scheduler = running(relay, wall)
    await using inspector = await inspecting(scheduler)
    const isTapped = (): boolean[] => [
      Object.hasOwn(wall.inbox, 'deliver'),
      Object.hasOwn(relay.outbox, 'send'),
    ]
    expect(isTapped()).toEqual([false, false])
    {
      using into = await Events.open(inspector.url, path('Wall#1.inbox'))
      using out = await Events.open(inspector.url, path('Relay#1.outbox'))
      expect(isTapped()).toEqual([true, true])
      relay.inbox.deliver(['<b>', { a: 1 }])
      await into.have('message')
      await out.have('message')
      for (const events of [into, out])
        expect(events.all).toEqual([
          {
            event: 'message',
            data: { time: expect.any(Number), text: '[ "<b>", { a: 1 } ]', skipped: 0 },
          },
        ])
    }
    await eventually(() => !isTapped().includes(true), 'that both taps are gone')
  })

  it('INS-09 are 20 a second at most; the number of others is reported', async () => {
    const wall = new Wall({ capacity: Infinity })
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    using events = await Events.open(inspector.url, path('Wall#1.inbox'))
    const busy = setInterval(() => {
      for (let i = 0; i < 10; i++) wall.inbox.deliver(wall.inbox.delivered)
    }, 1)
    await events.have('message', 10)
    clearInterval(busy)
    const shown = events.of<MessagePicture>('message')
    const times = shown.map(({ time }) => time)
    for (let i = 1; i < times.length; i++)
      expect((times[i] as number) - (times[i - 1] as number)).toBeGreaterThanOrEqual(48)
    // Each that passed was shown or skipped.
    let passed = 0
    for (const { text, skipped } of shown) {
      passed += skipped
      expect(text).toBe(String(passed++))
    }
    expect(passed).toBeGreaterThan(shown.length)
  })

  it('INS-09 that are hostile affect nothing else, and are shown', async () => {
    const wall = new Wall()
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    using events = await Events.open(inspector.url, path('Wall#1.inbox'))
    const hostile = {
      get secret(): string {
        throw new Error('a getter ran')
      },
      toJSON: 1,
    }
    expect(wall.inbox.deliver(hostile)).toBe(true)
    await events.have('message')
    expect(events.of<MessagePicture>('message')[0]?.text).toBe('{ secret: [Getter], toJSON: 1 }')
    expect(wall.inbox.recv()).toBe(hostile)
  })

  it('INS-09 of what does not live are not there; when its component ends, the stream does', async () => {
    const wall = new Wall()
    using scheduler = running(wall, new Wall())
    await using inspector = await inspecting(scheduler)
    for (const box of [
      '',
      'Wall#1',
      'Wall#1.',
      'Wall#1.outbox',
      'Wall#3.inbox',
      '__proto__.inbox',
      'Wall#1.constructor',
    ])
      await expect(Events.open(inspector.url, path(box)), box).rejects.toThrow('404')
    using events = await Events.open(inspector.url, path('Wall#1.inbox'))
    wall.control.deliver({ kind: 'producerFinished' })
    await eventually(() => events.ended, 'the end of the stream')
    await expect(Events.open(inspector.url, path('Wall#1.inbox'))).rejects.toThrow('404')
  })
})
