import { type NativeTransport, nativeTransport } from '@udpng/native'
import { describeAccounts, isLong } from 'reliability'
import { it } from 'vitest'

/** The native transport; where it cannot serve, a skipped test says why. */
function available(): NativeTransport | undefined {
  try {
    return nativeTransport()
  } catch (error) {
    it('REL-07 the native transport', ({ skip }) =>
      skip(`it cannot serve here: ${(error as Error).message}`))
    return undefined
  }
}

const transport = available()
const scale = isLong ? 10 : 1
if (transport)
  describeAccounts(transport, {
    paced: 200_000 * scale,
    'flooding a small receive buffer': 200_000 * scale,
    'a slow reader': 200_000 * scale,
    'closing with some unread': 10_000 * scale,
    'closing in the middle': 100_000 * scale,
  })
