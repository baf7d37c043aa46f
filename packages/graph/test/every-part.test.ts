import { expect, it } from 'vitest'
import { RunningGraph } from './run-graph.js'

it('GFL-06 First, FanOut and Pace do in a file what they do in a program', async () => {
  const graph = new RunningGraph(`
    parts:
      TICK: { component: Ticker, intervalMs: 10 }
      TEXT: { component: Text, template: "tick {data}" }
      FIRST: { component: First, count: 2 }
      PACE: { component: Pace, perSecond: 10, repeat: 2 }
      ALL: { component: FanOut, targets: [[192.0.2.1, 1], ["::1", 2]] }
      OUT: { component: Keep }
    linkages:
      TICK.outbox: TEXT.inbox
      TICK.signal: TEXT.control
      TEXT.outbox: FIRST.inbox
      FIRST.enough: TICK.control
      FIRST.outbox: PACE.inbox
      FIRST.signal: PACE.control
      PACE.outbox: ALL.inbox
      PACE.signal: ALL.control
      ALL.outbox: OUT.inbox
      ALL.signal: OUT.control`)
  await graph.rest(50)
  expect(graph.keep('OUT').got).toHaveLength(2)
  await graph.rest(1000)
  const letters = ['tick 1', 'tick 1', 'tick 2', 'tick 2'].flatMap((text) => [
    ['192.0.2.1', 1, text],
    ['::1', 2, text],
  ])
  expect(graph.keep('OUT').got).toEqual(letters)
  expect(graph.ended).toBe(true)
})
