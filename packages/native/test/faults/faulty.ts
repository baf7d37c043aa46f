import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Addon } from '../../src/addon.js'
import { compile } from '../compile.js'

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

/**
 * Builds the addon with `faults.c` between it and the kernel: what `strike` says then happens to the real code.
 *
 * @returns undefined where there is no C compiler
 */
export function faultyAddon(): Addon | undefined {
  const built = compile(join(import.meta.dirname, 'faults.c'), ['-O1'])
  if (!built) return undefined
  afterEach(() => {
    delete process.env['UDPNG_FAULTS']
  })
  return createRequire(import.meta.url)(built) as Addon
}

/** From now on these calls have these effects: `call,which,from,to,effect`, see `faults.c`. */
export function strike(...faults: string[]): void {
  process.env['UDPNG_FAULTS'] = faults.join(';')
}
