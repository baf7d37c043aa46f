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
  ENFILE: 23,
  EMFILE: 24,
  ENOSYS: 38,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  EPROTO: 71,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
} as const

/** The addon, and what `faults.c` adds to it. */
export interface FaultyAddon extends Addon {
  /** Where it is, to be loaded anew. */
  readonly file: string
  /** Sends this process a signal at an interval in microseconds, 0 for none, and gives how many have come. */
  interrupt(microseconds: number): number
  /** How much the addon has taken and not given back. */
  held(): number
  /** What was struck last since this was asked, of all that is called "help". */
  failed(): string
}

/**
 * Builds the addon with `faults.c` between it and the kernel: what `strike` says then happens to the real code.
 *
 * @returns undefined where there is no C compiler
 */
export function faultyAddon(): FaultyAddon | undefined {
  const file = compile(join(import.meta.dirname, 'faults.c'), ['-O1'])
  if (!file) return undefined
  afterEach(() => {
    delete process.env['UDPNG_FAULTS']
  })
  return Object.assign(createRequire(import.meta.url)(file), { file })
}

/** From now on these calls have these effects: `call,which,from,to,effect`, see `faults.c`. */
export function strike(...faults: string[]): void {
  process.env['UDPNG_FAULTS'] = faults.join(';')
}
