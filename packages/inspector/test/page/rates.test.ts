import { describe, expect, it } from 'vitest'
import { momentOf, ratesBetween } from '../../page/model/rates.js'
import { SERIES_SECONDS, SeriesBook } from '../../page/model/series.js'
import { short } from '../../page/view/format.js'
import type { Picture } from '../../src/protocol.js'
import { component, picture } from './invented.js'

const box = { doc: '', length: 0, taken: 0, dropped: 0 }

function peer(count: number) {
  return component({
    inboxes: {
      control: { ...box, plumbing: true, delivered: 7 * count },
      inbox: { ...box, delivered: count },
    },
    outboxes: {
      outbox: { doc: '', sent: 2 * count, discarded: 0 },
      signal: { doc: '', plumbing: true, sent: 5 * count, discarded: 0 },
    },
    datagrams: { received: 3 * count, sent: 4 * count },
    drops: { late: count, lost: count },
  })
}

describe('rates', () => {
  it('INS-57 are what was counted between two pictures, a second', () => {
    const then = picture({ 'A#1': peer(10) }, {}, 1000)
    const now = picture({ 'A#1': peer(30) }, {}, 3000)
    const rates = ratesBetween(then, now)
    expect(rates.get('A#1')).toEqual({
      in: 10,
      out: 20,
      dropped: 20,
      received: 30,
      sent: 40,
      outboxes: { outbox: 20, signal: 50 },
    })
    expect(momentOf(3000, rates)).toEqual({
      time: 3000,
      delivered: 10,
      received: 30,
      sent: 40,
      dropped: 20,
    })
  })

  it('INS-66 of what is not read for each picture are between its readings, and stay when there is no new one', () => {
    // 30 datagrams a second, read at 0, 1 and 3 s.
    const at = (time: number, readAt: number) => {
      const read = peer(10 * readAt)
      const { inboxes, outboxes } = peer(10 * time)
      const one = { ...read, inboxes, outboxes, ...(readAt < time && { readAt: 1000 * readAt }) }
      return picture({ 'A#1': one }, {}, 1000 * time)
    }
    const pictures = [at(0, 0), at(1, 1), at(2, 1), at(3, 3)]
    let rates = ratesBetween(at(0, 0), at(0, 0))
    for (const [i, now] of pictures.slice(1).entries()) {
      rates = ratesBetween(pictures[i] as Picture, now, rates)
      expect(rates.get('A#1')).toMatchObject({
        in: 10,
        out: 20,
        received: 30,
        sent: 40,
        dropped: 20,
      })
    }
    // Nothing at all has changed, and nothing was read.
    const still = ratesBetween(
      pictures[3] as Picture,
      { ...(pictures[3] as Picture), time: 4000 },
      rates,
    )
    expect(still.get('A#1')).toMatchObject({ in: 0, received: 0 })
  })

  it('INS-57 of one that is new, or whose counters went back, are 0; those that are as before are the same object', () => {
    const first = picture({ 'A#1': peer(10) }, {}, 1000)
    const second = picture({ 'A#1': peer(20), 'B#2': peer(50) }, {}, 2000)
    const third = picture({ 'A#1': peer(30), 'B#2': peer(1) }, {}, 3000)
    const one = ratesBetween(first, second)
    const two = ratesBetween(second, third, one)
    expect(one.get('B#2')?.in).toBe(0)
    expect(two.get('B#2')).toBe(one.get('B#2'))
    expect(two.get('A#1')).toBe(one.get('A#1'))
    expect(ratesBetween(second, second, one)).toBe(one)
  })

  it('INS-57 are remembered for five minutes, and forgotten with their component', () => {
    const book = new SeriesBook()
    const rates = ratesBetween(picture({ 'A#1': peer(0) }), picture({ 'A#1': peer(5) }, {}, 2000))
    for (let second = 0; second < SERIES_SECONDS + 50; second++) book.add(second * 1000, rates)
    expect(book.of('A#1')?.in).toHaveLength(SERIES_SECONDS)
    expect(book.of('A#1')?.times[0]).toBe(50)
    book.add(0, new Map())
    expect(book.of('A#1')).toBeUndefined()
  })

  it.each([
    [0, '0'],
    [0.04, '0'],
    [0.5, '0.5'],
    [2, '2'],
    [9.96, '10'],
    [312.4, '312'],
    [999.4, '999'],
    [999.6, '1k'],
    [1234, '1.2k'],
    [34_567, '35k'],
    [999_600, '1M'],
    [1_234_567, '1.2M'],
    [5.2e12, '5200G'],
  ])('INS-57 %d is written as %s', (value, text) => {
    expect(short(value)).toBe(text)
  })
})
