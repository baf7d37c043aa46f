import { UdpngError } from '@udpng/core'
import { ToPayload } from '@udpng/flow'
import { expect, it } from 'vitest'
import { through } from './through.js'

it('CLI-57 ToPayload: the data of datagrams and letters, text and bytes as they are, all else as text', () => {
  const bytes = Buffer.from('a\x1b[2J\xff', 'latin1')
  const datagram = [bytes, ['192.0.2.1', 1500]]
  const letter = ['192.0.2.2', 1501, 'hello']
  const error = new UdpngError('TOO_LARGE', 'it is too large')
  const messages = [datagram, letter, 'text', bytes, 7, error, { a: [1] }, ['192.0.2.2', 1501]]
  expect(through(new ToPayload(), messages)).toEqual([
    bytes,
    'hello',
    'text',
    bytes,
    '7',
    'UdpngError: it is too large',
    '{ a: [ 1 ] }',
    "[ '192.0.2.2', 1501 ]",
  ])
})
