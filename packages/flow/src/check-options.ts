import { UdpngError } from '@udpng/core'
import { show } from './show.js'

/** What a value must be: a test, and the end of the sentence "it must be ...". */
export type Check = readonly [test: (value: unknown) => boolean, must: string]

export const TEXT: Check = [(value) => typeof value === 'string', 'a string']
export const SOME_TEXT: Check = [
  (value) => typeof value === 'string' && value !== '',
  'a string that is not empty',
]
export const COUNT: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'a whole number >= 1',
]
export const LIST: Check = [
  (value) => Array.isArray(value) && value.length > 0,
  'a list of at least one item',
]

/** A finite number above 0. */
export function positive(unit: string): Check {
  return [(value) => Number.isFinite(value) && (value as number) > 0, `a finite number > 0 ${unit}`]
}

/**
 * Checks the options of a component.
 *
 * @param checks - by name
 * @param optional - those that may be left out (default: none)
 * @throws {UdpngError} `BAD_OPTION` with the option, its value, and what is allowed
 */
export function checkOptions(
  owner: string,
  options: unknown,
  checks: Readonly<Record<string, Check>>,
  optional: readonly string[] = [],
): void {
  const given = Object(options) as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(checks, name))
  if (unknown !== undefined)
    throw new UdpngError(
      'BAD_OPTION',
      `${owner} has no option ${unknown}; it has ${Object.keys(checks).join(', ')}`,
    )
  for (const [name, [test, must]] of Object.entries(checks)) {
    const value = given[name]
    if (value === undefined && optional.includes(name)) continue
    if (!test(value))
      throw new UdpngError('BAD_OPTION', `${name} is ${show(value)}; it must be ${must}`)
  }
}
