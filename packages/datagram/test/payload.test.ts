import { MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { expect, it } from 'vitest'

it('PER-03 MAX_PAYLOAD_BYTES is what fits into a UDP datagram of each family', () => {
  expect(MAX_PAYLOAD_BYTES).toEqual({ 4: 65535 - 8 - 20, 6: 65535 - 8 })
})
