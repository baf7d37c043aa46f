import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileAddon } from 'test-support'
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
  const output = join(directory, 'udpng.node')
  return compileAddon(source, output, options) ? output : undefined
}
