import { inspect } from 'node:util'
import { UdpngError } from '@udpng/core'

/** Whether a value will do, and what it must be. */
export type Check = readonly [ok: (value: unknown) => boolean, must: string]

/** What the checks of streams look for. */
type Stream = { readonly read?: unknown; readonly write?: unknown } | null

export const TEXT: Check = [(value) => typeof value === 'string', 'a string']
export const FLAG: Check = [(value) => typeof value === 'boolean', 'true or false']
export const INPUT: Check = [
  (value) => typeof (value as Stream)?.read === 'function',
  'a readable stream',
]
export const OUTPUT: Check = [
  (value) => typeof (value as Stream)?.write === 'function',
  'a writable stream',
]

/**
 * Refuses what is no option of `owner`, and values that are none.
 *
 * @throws {UdpngError} `BAD_OPTION` with the option, its value, and what is allowed
 */
export function checkOptions(
  owner: string,
  options: object,
  checks: Readonly<Record<string, Check>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (!check)
      throw new UdpngError(
        'BAD_OPTION',
        `${owner} has no option ${name}; it has ${Object.keys(checks).join(', ')}`,
      )
    const [, must] = check
    if (value !== undefined && !passes(check, value))
      throw new UdpngError('BAD_OPTION', `${name} is ${show(value)}; it must be ${must}`)
  }
}

function passes([ok]: Check, value: unknown): boolean {
  try {
    return ok(value)
  } catch {
    return false // its own code threw
  }
}

function show(value: unknown): string {
  try {
    return inspect(value, { depth: 0 })
  } catch {
    return typeof value // its own code threw
  }
}
