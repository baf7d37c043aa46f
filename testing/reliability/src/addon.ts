import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { compileAddon } from 'test-support'

/** What of the native addon is tried by itself. */
export interface Addon {
  strideOf(control: Uint8Array, details: Uint8Array): number
}

const require: NodeJS.Require = createRequire(import.meta.url)

/** The folder of `@udpng/native`. */
function home(): string {
  return dirname(require.resolve('@udpng/native/package.json'))
}

/** The addon of `@udpng/native`, as it was built here; why it cannot be had, where it cannot. */
export function findAddon(): Addon | Error {
  try {
    const built = join(home(), `addon/prebuilds/${process.platform}-${process.arch}/udpng.node`)
    return require(process.env['UDPNG_ADDON'] ?? built) as Addon
  } catch (error) {
    return error as Error
  }
}

/**
 * Builds the addon with what its own tests put between it and the kernel, which fails as UDPNG_FAULTS says.
 *
 * @returns false where there is no C compiler
 */
export function buildFaultyAddon(output: string): boolean {
  return compileAddon(join(home(), 'test/faults/faults.c'), output, ['-O1'])
}
