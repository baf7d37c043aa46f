import { Reply } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 Reply: a letter to where the datagram came from', () => {
  const bytes = Buffer.from('hello')
  const [letter] = through(new Reply(), [[bytes, ['192.0.2.1', 1500]]]) as [unknown[]]
  expect(letter).toEqual(['192.0.2.1', 1500, bytes])
  expect(letter[2]).toBe(bytes)
})
