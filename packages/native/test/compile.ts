import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * Builds an addon of this source for the tests of one file.
 *
 * @returns its path; undefined where there is no C compiler
 * @throws what the compiler has to say
 */
export function compile(source: string, options: readonly string[]): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'udpng-addon-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  const headers = existsSync(installed)
    ? installed
    : createRequire(import.meta.url)('node-api-headers').include_dir
  const output = join(directory, 'udpng.node')
  const all = ['-shared', '-fPIC', '-std=gnu11', ...options, '-I', headers, '-o', output, source]
  const { error, stderr } = spawnSync('cc', all, { encoding: 'utf8' })
  if (error) return undefined
  if (stderr) throw new Error(stderr)
  return output
}
