import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Builds an addon of this source.
 *
 * @returns false where there is no C compiler
 * @throws what the compiler has to say
 */
export function compileAddon(source: string, output: string, options: readonly string[]): boolean {
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  const headers = existsSync(installed)
    ? installed
    : createRequire(source)('node-api-headers').include_dir
  const all = ['-shared', '-fPIC', '-std=gnu11', ...options, '-I', headers, '-o', output, source]
  const { error, stderr } = spawnSync('cc', all, { encoding: 'utf8' })
  if (error) return false
  if (stderr) throw new Error(stderr)
  return true
}
