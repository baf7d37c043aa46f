import { Filter } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 Filter: what has one text in it and not the other, the very same messages', () => {
  const messages = [
    'an error',
    'no error',
    'nothing',
    ['::1', 1, 'error é'],
    [Buffer.from('error'), ['::1', 1]],
    7,
  ]
  const passed = through(new Filter({ contains: 'error', except: 'no ' }), messages)
  expect(passed).toEqual([messages[0], messages[3], messages[4]])
  expect(passed[1]).toBe(messages[3])
  expect(through(new Filter({ except: 'error' }), messages)).toEqual(['nothing'])
  expect(through(new Filter({ contains: 'é' }), messages)).toEqual([messages[3]])
})
