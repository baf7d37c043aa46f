import { Limit } from '@udpng/flow'
import { ManualClock } from 'test-support'
import { expect, it } from 'vitest'
import { running } from './through.js'

it('CLI-57 Limit: the rate per second on the clock, with a burst of one second', async () => {
  const clock = new ManualClock()
  const { put, got } = running(new Limit<number>({ perSecond: 2 }), clock)
  for (let number = 1; number <= 30; number++) {
    await clock.advance(100)
    put(number)
  }
  // two that were there, then one each half second
  expect(got()).toEqual([1, 2, 6, 11, 16, 21, 26])
})
