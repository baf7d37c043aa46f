import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What of the native addon is tried by itself. */
export interface Addon {
  strideOf(control: Uint8Array): number
}

/** The addon of `@udpng/native`, as it was built here; why it cannot be had, where it cannot. */
export function findAddon(): Addon | Error {
  try {
    const require = createRequire(import.meta.url)
    const home = dirname(require.resolve('@udpng/native/package.json'))
    const built = join(home, `addon/prebuilds/${process.platform}-${process.arch}/udpng.node`)
    return require(process.env['UDPNG_ADDON'] ?? built) as Addon
  } catch (error) {
    return error as Error
  }
}
