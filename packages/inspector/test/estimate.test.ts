import { describe, expect, it } from 'vitest'
import { Estimate } from '../src/estimate.js'
import { History } from '../src/history.js'
import type { ComponentPicture, Moment } from '../src/protocol.js'
import { noTotals } from '../src/totals.js'

/** A receiver of 100 datagrams a second, which drops 10, at `time`, with its numbers of `readAt`, seconds. */
function receiver(time: number, readAt = time, perSecond = 100): ComponentPicture {
  const messages = perSecond * time
  return {
    state: 'paused',
    inboxes: {},
    outboxes: { outbox: { doc: '', sent: messages, discarded: 0 } },
    drops: { kernelDrops: 10 * readAt },
    datagrams: { received: perSecond * readAt, sent: 0 },
    ...(readAt < time && { readAt: 1000 * readAt }),
  }
}

/** The moments of a system of one component that is looked at each second. */
function moments(pictures: readonly ComponentPicture[]): Moment[] {
  const estimate = new Estimate()
  const history = new History(noTotals(), 0)
  for (const [i, picture] of pictures.entries()) {
    const time = 1000 * (i + 1)
    history.add(estimate.at(time, picture), time)
  }
  return [...history.moments]
}

describe('rates of the last minutes', () => {
  it('INS-67 are constant where a constant flow is read every second or third time', () => {
    const readAt = [1, 2, 2, 4, 4, 4, 7, 8]
    const found = moments(readAt.map((at, i) => receiver(i + 1, at)))
    expect(found.map(({ received }) => received)).toEqual(readAt.map(() => 100))
    expect(found.map(({ dropped }) => dropped)).toEqual(readAt.map(() => 10))
  })

  it('INS-67 are 0 at once when the flow ends, and in sum what there was', () => {
    const still = receiver(3)
    const found = moments([receiver(1), receiver(2), still, still, still])
    expect(found.map(({ received }) => received)).toEqual([100, 100, 100, 0, 0])
    // It flows at half the rate, and was guessed too high meanwhile.
    const slower = (time: number, readAt: number): ComponentPicture => ({
      ...receiver(time, readAt),
      datagrams: { received: 200 + 50 * (readAt - 2), sent: 0 },
    })
    const later = moments([
      receiver(1),
      receiver(2),
      slower(3, 2),
      slower(4, 4),
      slower(5, 5),
      slower(6, 6),
    ])
    expect(later.map(({ received }) => received)).toEqual([100, 100, 100, 0, 50, 50])
  })
})
