import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { RunningGraph } from './run-graph.js'

describe('an outbox that leads to several inboxes', () => {
  it('CLI-55 all of them get every message, the same objects, in order; then they get the last message', async () => {
    const graph = new RunningGraph(`
      parts:
        LIST: { component: DataSource, items: [[a], [b], [c]] }
        ONE: { component: Keep }
        TWO: { component: Keep }
      linkages:
        LIST.outbox: [ONE.inbox, TWO.inbox]
        LIST.signal: [TWO.control, ONE.control]`)
    await graph.rest()
    const [one, two] = [graph.keep('ONE'), graph.keep('TWO')]
    expect(one.got).toEqual([['a'], ['b'], ['c']])
    expect(two.got).toEqual(one.got)
    expect(two.got.every((message, i) => message === one.got[i])).toBe(true)
    expect([one.told, two.told]).toEqual([
      ['producerFinished after 3'],
      ['producerFinished after 3'],
    ])
    expect(graph.ended).toBe(true)
  })

  it('CLI-55 the slowest sets the pace, and nothing is lost; one that has ended does not block other senders', async () => {
    const items = Array.from({ length: 300 }, (_, i) => i)
    const graph = new RunningGraph(`
      parts:
        LIST: { component: DataSource, items: [${items}] }
        FAST: { component: Keep, capacity: 2 }
        SLOW: { component: Keep, capacity: 2 }
      linkages:
        LIST.outbox: [FAST.inbox, SLOW.inbox]
        LIST.signal: [FAST.control, SLOW.control]`)
    const slow = graph.keep('SLOW')
    slow.asked = 0
    await graph.rest()
    expect(graph.keep('FAST').got).toEqual([0, 1])
    slow.control.deliver(shutdownMicroprocess())
    for (let i = 0; i < 20; i++) await graph.rest()
    expect(graph.keep('FAST').got).toEqual(items)
    expect(graph.ended).toBe(true)
  })

  it('CLI-55 one signal may lead on while the outbox leads to several, and the other way round', async () => {
    const links = [
      '{ LIST.outbox: [ONE.inbox, TWO.inbox], LIST.signal: ONE.control, ONE.signal: TWO.control }',
      '{ LIST.outbox: ONE.inbox, LIST.signal: [ONE.control, TWO.control] }',
    ]
    for (const linkages of links) {
      const graph = new RunningGraph(`
        parts:
          LIST: { component: DataSource, items: [1, 2] }
          ONE: { component: Keep }
          TWO: { component: Keep }
        linkages: ${linkages}`)
      await graph.rest()
      expect(graph.keep('ONE').told).toEqual(['producerFinished after 2'])
      expect(graph.keep('TWO').told).toHaveLength(1)
      expect(graph.ended).toBe(true)
    }
  })

  it('CLI-55 several outboxes of one part, each for itself', async () => {
    const graph = new RunningGraph(`
      parts:
        LIST: { component: DataSource, items: [1, { no: datagram }, 2] }
        BAD: { component: Reply }
        ONE: { component: Keep }
        TWO: { component: Keep }
      linkages:
        LIST.outbox: BAD.inbox
        LIST.signal: BAD.control
        BAD.outbox: [ONE.inbox, TWO.inbox]
        BAD.errors: [TWO.inbox, ONE.inbox]
        BAD.signal: [ONE.control, TWO.control]`)
    await graph.rest()
    expect(graph.keep('ONE').got.map(String)).toEqual(graph.keep('TWO').got.map(String))
    expect(graph.keep('ONE').got).toHaveLength(3)
    expect(graph.ended).toBe(true)
  })

  it('CLI-55 an immediate shutdown of the part goes to all at once', async () => {
    const graph = new RunningGraph(`
      parts:
        TICK: { component: Ticker, intervalMs: 10 }
        ONE: { component: Keep }
        TWO: { component: Keep }
      linkages:
        TICK.outbox: [ONE.inbox, TWO.inbox]
        TICK.signal: [ONE.control, TWO.control]`)
    await graph.rest(20)
    graph.part('TICK').control.deliver(shutdownMicroprocess())
    await graph.rest()
    expect(graph.keep('ONE').told).toEqual(['shutdownMicroprocess after 2'])
    expect(graph.keep('TWO').told).toEqual(['shutdownMicroprocess after 2'])
    expect(graph.ended).toBe(true)
  })

  it('CLI-55 without a signal that leads on, the parts behind it live on', async () => {
    const graph = new RunningGraph(`
      parts:
        LIST: { component: DataSource, items: [1] }
        ONE: { component: Keep }
        TWO: { component: Keep }
      linkages: { LIST.outbox: [ONE.inbox, TWO.inbox] }`)
    await graph.rest()
    expect(graph.keep('ONE').ended).toBe(false)
    graph.keep('ONE').control.deliver(producerFinished())
    graph.keep('TWO').control.deliver(producerFinished())
    await graph.rest()
    expect(graph.ended).toBe(true)
  })
})
