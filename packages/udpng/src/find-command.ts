import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Finds `@udpng/cli`: beside this package, or as the working directory finds it, because pnpm shows a package only its own
 * dependencies. Returns the URL of its module; undefined when it is not installed.
 */
export function findCommand(): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url))
  return commandFrom(here) ?? commandFrom(process.cwd())
}

/** The URL of the module of `@udpng/cli`, as a module in that folder finds it. */
export function commandFrom(folder: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(folder, 'index.js')).resolve('@udpng/cli')).href
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
