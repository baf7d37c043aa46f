import { type NativeTransport, nativeTransport } from '@udpng/native'
import { it } from 'vitest'

/** The native transport; where it cannot serve, a skipped test says why, and the others are not there. */
export function available(): NativeTransport | undefined {
  try {
    return nativeTransport()
  } catch (error) {
    it('the native transport', ({ skip }) =>
      skip(`it cannot serve here: ${(error as Error).message}`))
    return undefined
  }
}
