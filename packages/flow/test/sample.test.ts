import { Sample } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 Sample: the first, and every nth after it', () => {
  expect(through(new Sample({ every: 3 }), [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 4, 7])
  expect(through(new Sample({ every: 1 }), [1, 2])).toEqual([1, 2])
})
