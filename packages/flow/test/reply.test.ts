import { Reply } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 Reply: a letter to where the datagram came from', () => {
  const bytes = Buffer.from('hello')
  const [letter] = through(new Reply(), [[bytes, ['192.0.2.1', 1500]]]) as [unknown[]]
  expect(letter).toEqual(['192.0.2.1', 1500, bytes])
  expect(letter[2]).toBe(bytes)
})

it('PER-26 Reply: from the address that the datagram was sent to, unless that is a group', () => {
  const bytes = Buffer.from('hello')
  const details = { local: '192.0.2.7', interface: 'eth0', receivedAt: 1, ecn: 0 } as const
  const from = ['192.0.2.1', 1500] as const
  const letters = through(new Reply(), [
    [bytes, from, { ...details, unicast: true }],
    [bytes, from, { ...details, local: '239.1.2.3', unicast: false }],
  ])
  expect(letters).toEqual([
    [...from, bytes, '192.0.2.7'],
    [...from, bytes],
  ])
})
