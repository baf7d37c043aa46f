import { Inbox, link, producerFinished, Scheduler, shutdownMicroprocess } from '@udpng/core'
import { First } from '@udpng/flow'
import { turn } from 'test-support'
import { describe, expect, it } from 'vitest'

describe('First', () => {
  it('CLI-13 sends the first, stops their source, and ends', async () => {
    const scheduler = new Scheduler()
    const first = scheduler.activate(new First<number>({ count: 2 }))
    const taken = new Inbox<number>('Taken')
    const enough = new Inbox<unknown>('Enough')
    link(first.outbox, taken)
    link(first.enough, enough)
    for (const number of [1, 2, 3]) first.inbox.deliver(number)
    await scheduler.run()
    expect([...taken]).toEqual([1, 2])
    expect([...enough]).toEqual([shutdownMicroprocess()])
    expect(first.inbox.dropped).toBe(1)
  })

  it('CLI-13 applies backpressure while there is no room', async () => {
    const scheduler = new Scheduler()
    const first = scheduler.activate(new First<number>({ count: Infinity }))
    const taken = new Inbox<number>('Taken', { capacity: 1 })
    link(first.outbox, taken)
    for (const number of [1, 2, 3]) first.inbox.deliver(number)
    const run = scheduler.run()
    await turn()
    expect([taken.length, first.inbox.length]).toEqual([1, 2])
    first.control.deliver(producerFinished())
    const all: number[] = []
    while (!first.ended) {
      all.push(...taken)
      await turn()
    }
    await run
    expect([...all, ...taken]).toEqual([1, 2, 3])
  })
})
