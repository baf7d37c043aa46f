import { Cycle } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 Cycle: the next item for each message, over and over', () => {
  expect(through(new Cycle({ items: ['a', 'b'] }), [1, 2, 3])).toEqual(['a', 'b', 'a'])
})
