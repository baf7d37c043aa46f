import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import type { Addon } from '../../src/addon.js'

/** Numbers of the system's errors. */
export const ERRNO = {
  EPERM: 1,
  EINTR: 4,
  EIO: 5,
  EAGAIN: 11,
  ENOMEM: 12,
  EINVAL: 22,
  ENOSYS: 38,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  ECONNREFUSED: 111,
} as const

const require = createRequire(import.meta.url)

/**
 * Builds the addon with `faults.c` between it and the kernel: what `strike` says then happens to the real code.
 *
 * @returns undefined where there is no C compiler
 */
export function faultyAddon(): Addon | undefined {
  const installed = join(dirname(dirname(process.execPath)), 'include/node')
  const headers = existsSync(installed) ? installed : require('node-api-headers').include_dir
  const output = join(mkdtempSync(join(tmpdir(), 'udpng-faults-')), 'faults.node')
  const source = join(import.meta.dirname, 'faults.c')
  const args = ['-shared', '-fPIC', '-O1', '-std=gnu11', '-I', headers, '-o', output, source]
  const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
  if (error) return undefined
  if (status !== 0) throw new Error(stderr)
  afterEach(() => {
    delete process.env['UDPNG_FAULTS']
  })
  return require(output) as Addon
}

/** From now on these calls have these effects: `call,which,from,to,effect`, see `faults.c`. */
export function strike(...faults: string[]): void {
  process.env['UDPNG_FAULTS'] = faults.join(';')
}
