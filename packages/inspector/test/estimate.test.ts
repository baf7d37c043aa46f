import { describe, expect, it } from 'vitest'
import { Estimate } from '../src/observe/estimate.js'
import { History } from '../src/observe/history.js'
import { addTo, noTotals } from '../src/observe/totals.js'
import type { Moment } from '../src/protocol.js'

/** What was known of a count at the end of a second. */
interface Known {
  readonly count: number
  /** Seconds. */
  readonly readAt: number
  readonly isStill?: boolean
}

/** The moments of a system that is looked at each second. */
function received(known: readonly Known[]): number[] {
  const estimate = new Estimate()
  const history = new History(noTotals(), 0)
  for (const [i, { count, readAt, isStill = false }] of known.entries()) {
    const time = 1000 * (i + 1)
    const total = estimate.at(time, count, 1000 * readAt, isStill)
    history.add({ ...noTotals(), received: total }, time)
  }
  return history.moments.map((moment: Moment) => moment.received)
}

describe('rates of the last minutes', () => {
  it('INS-67 are constant where a constant flow is read every second or third time', () => {
    const readAt = [1, 2, 2, 4, 4, 4, 7, 8]
    expect(received(readAt.map((at) => ({ count: 100 * at, readAt: at })))).toEqual(
      readAt.map(() => 100),
    )
  })

  it('INS-67 are 0 at once where it is known that nothing passes', () => {
    const still = { count: 200, readAt: 2, isStill: true }
    expect(received([{ count: 100, readAt: 1 }, { count: 200, readAt: 2 }, still, still])).toEqual([
      100, 100, 0, 0,
    ])
  })

  it('INS-67 are in sum what there was, also where the guess was too high', () => {
    const readAt = [1, 2, 2, 4, 5, 6]
    // 100 a second, and 50 from the end of the second second on.
    const found = received(
      readAt.map((at) => ({ count: 100 * Math.min(at, 2) + 50 * Math.max(0, at - 2), readAt: at })),
    )
    expect(found).toEqual([100, 100, 100, 0, 50, 50])
  })

  it('INS-69 count messages of data, and datagrams where they come from a socket', () => {
    const totals = noTotals()
    const inbox = { doc: '', length: 0, taken: 0, dropped: 0 }
    const inboxes = {
      inbox: { ...inbox, delivered: 10 },
      control: { ...inbox, plumbing: true as const, delivered: 30 },
    }
    const peer = {
      id: 1,
      group: 'Peer',
      state: 'paused' as const,
      inboxes,
      outboxes: {},
      drops: {},
    }
    addTo(totals, { ...peer, datagrams: { received: 7, sent: 3 }, stats: { received: 7, sent: 3 } })
    addTo(totals, { ...peer, inboxes: {}, stats: { received: 7, sent: 3 } }) // such as Sessions
    expect(totals).toEqual({ delivered: 10, received: 7, sent: 3, dropped: 0 })
  })
})
