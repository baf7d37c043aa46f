import { UdpngError } from '@udpng/core'

/** What an action gives, or the code of its error. */
export function tried<T>(act: () => T): T | string {
  try {
    return act()
  } catch (error) {
    if (error instanceof UdpngError) return error.code
    throw error
  }
}
