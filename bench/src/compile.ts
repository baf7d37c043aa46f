import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether there is a C compiler. */
export function canCompile(): boolean {
  return spawnSync('cc', ['--version']).status === 0
}

/** Compiles a program of this folder; undefined where there is no C compiler. */
export function compile(name: string): string | undefined {
  const path = join(mkdtempSync(join(tmpdir(), 'udpng-bench-')), name)
  const source = join(import.meta.dirname, `../${name}.c`)
  return spawnSync('cc', ['-O2', '-o', path, source]).status === 0 ? path : undefined
}
