import { nativeTransport } from '@udpng/native'

/** Whether the native transport can serve here. */
export function hasNative(): boolean {
  try {
    nativeTransport()
    return true
  } catch {
    return false
  }
}
