import { badOption, check, type OptionTable } from './check.js'
import { nearest } from './nearest.js'

export { badOption, type Kind, type Option, type OptionTable } from './check.js'
export { hint } from './hint.js'
export { callback, flag, number, oneOf, positive, text, whole } from './kinds.js'
export { nearest } from './nearest.js'
export { mustBe } from './other-copy.js'
export { show } from './show.js'

/**
 * Checks options against a table and returns a copy. It refuses an unknown option, a value of the wrong type or out of range, and
 * a missing required option. An undefined value means that the option was not given; its name must still be in the table.
 *
 * @param attempt - what was attempted, after `cannot`, as in `create Beacon`
 * @param table - the known options
 * @param options - the options given; undefined means none
 * @returns a copy of the checked options, without the defaults
 * @throws {UdpngError} `BAD_OPTION`: the message has the option, its value and the allowed values; for an unknown option, a
 *   similar name or all names
 * @example
 * interface EchoOptions {
 *   readonly delayMs?: number
 * }
 * const OPTIONS = {
 *   delayMs: { kind: number, unit: 'milliseconds', min: 0, default: 10 },
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
    const { options: own, items } = option
    const within = `${attempt} with ${name}`
    if (own && name in given)
      given[name] = checkOptions<object>(within, own, given[name] ?? {}) as never
    if (items && Array.isArray(given[name]))
      given[name] = given[name].map((item: unknown) =>
        Object(item) === item ? checkOptions(within, items, item as object) : item,
      ) as never
  }
  return given
}
