import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Scheduler, UdpngError } from '@udpng/core'
import type { DropEvent, FailureEvent } from '@udpng/inspector'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Counting, inspecting, Relay, Wall } from './parts.js'

/** What a channel says. */
class Heard<T> implements Disposable {
  readonly all: T[] = []
  readonly #name: string
  readonly #listener = (message: unknown): void => {
    this.all.push(message as T)
  }

  constructor(name: string) {
    this.#name = name
    subscribe(name, this.#listener)
  }

  [Symbol.dispose](): void {
    unsubscribe(this.#name, this.#listener)
  }
}

describe('diagnostics_channel', { timeout: 120_000 }, () => {
  it('INS-13 udpng:drop reports drops as they are seen: how many more, and how many ever', async () => {
    const wall = new Wall({ capacity: 1, whenFull: 'dropNewest' })
    const scheduler = new Scheduler()
    scheduler.activate(wall)
    void scheduler.run()
    for (let i = 0; i < 3; i++) wall.inbox.deliver(i) // before the first sample: not published
    await using _ = await inspecting(scheduler)
    using drops = new Heard<DropEvent>('udpng:drop')
    for (let i = 0; i < 4; i++) wall.inbox.deliver(i)
    await eventually(() => drops.all.length > 0)
    wall.inbox.deliver('x')
    await eventually(() => drops.all.length > 1)
    expect(drops.all).toEqual([
      { component: 'Wall#1', reason: 'inboxFull', count: 4, total: 6 },
      { component: 'Wall#1', reason: 'inboxFull', count: 1, total: 7 },
    ])
    scheduler.stop()
  })

  it('INS-13 udpng:drop reports a reason that is called like a member of every object', async () => {
    const counting = new Counting()
    const scheduler = new Scheduler()
    scheduler.activate(counting)
    void scheduler.run()
    await using _ = await inspecting(scheduler)
    using drops = new Heard<DropEvent>('udpng:drop')
    const dropped = { ...counting.counts.dropped, constructor: 2 } as Record<string, number>
    const kernelDrops = { atLeast: 1, about: 3, atMost: 64 }
    counting.counts = { dropped, kernelDrops }
    await eventually(() => drops.all.length > 1)
    const component = 'Counting#1'
    expect(drops.all).toEqual([
      { component, reason: 'constructor', count: 2, total: 2 },
      { component, reason: 'kernelDrops', count: 3, total: 3, bounds: kernelDrops },
    ])
    scheduler.stop()
  })

  it('INS-13 udpng:failure reports a component that fails, at once', async () => {
    const relay = new Relay()
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.activate(relay)
    const inspector = await inspecting(scheduler)
    using failures = new Heard<FailureEvent>('udpng:failure')
    relay.inbox.deliver('fail')
    await scheduler.run()
    expect(failures.all).toEqual([{ component: 'Relay#1', error: expect.any(UdpngError) }])
    expect(failures.all[0]?.error.message).toContain('as requested')
    await inspector.close()
    const other = scheduler.activate(new Relay())
    other.inbox.deliver('fail')
    await scheduler.run()
    expect(failures.all).toHaveLength(1)
  })
})
