import { badOption, check, type OptionTable } from './check.js'
import { nearest } from './nearest.js'

export { badOption, type Kind, type Option, type OptionTable } from './check.js'
export { hint } from './hint.js'
export { flag, number, oneOf, positive, text, whole } from './kinds.js'
export { nearest } from './nearest.js'
export { mustBe } from './other-copy.js'
export { show } from './show.js'

/**
 * Refuses an unknown option, a value of the wrong type or out of its range, and the lack of a required option. A value that is
 * undefined is an option that was not given; its name must nevertheless exist.
 *
 * @param attempt - what was attempted, after `cannot`, as in `create Beacon`
 * @param table - the options there are
 * @param options - as they were given; undefined is none
 * @returns a copy, of what was checked
 * @throws {UdpngError} `BAD_OPTION`, with the option, its value, and what is allowed; or, for an unknown one, with the name
 *   that is like it, or all names
 * @example
 * interface EchoOptions {
 *   readonly delayMs?: number
 * }
 * const OPTIONS = {
 *   delayMs: { kind: number, unit: 'milliseconds', min: 0, default: 10, text: 'how long it waits' },
 * } as const satisfies OptionTable<EchoOptions>
 *
 * const { delayMs = OPTIONS.delayMs.default } = checkOptions('create Echo', OPTIONS, options)
 */
export function checkOptions<T extends object>(
  attempt: string,
  table: OptionTable<T>,
  options: T | undefined,
): T {
  const given = check(attempt, table, options, nearest)
  for (const name in table) {
    const option = table[name]
    if (option.required && given[name] === undefined)
      throw badOption(attempt, name, undefined, option.kind.must(option))
    if (option.options && name in given)
      given[name] = checkOptions<object>(
        `${attempt} with ${name}`,
        option.options,
        given[name] ?? {},
      ) as never
  }
  return given
}
