import { UdpngError } from './errors.js'
import { show } from './show.js'

/** A kind of value: a check, and a description for messages. */
export interface Kind {
  /** Whether an option may have this value. An exception counts as false. */
  accepts(value: unknown, option: Option): boolean
  /** The text after `it must be` in messages. */
  must(option: Option): string
}

/** One option: its allowed values, its default and its description. */
export interface Option {
  readonly kind: Kind
  /** Whether it must be given (default false). */
  readonly required?: boolean
  /** For numbers: the unit, in the plural, such as `milliseconds`. */
  readonly unit?: string
  /** For numbers: the minimum (default 0). */
  readonly min?: number
  /** For numbers: the maximum; `Infinity` also allows `Infinity` itself (default: any finite number). */
  readonly max?: number
  /** For `oneOf`: the values. */
  readonly values?: readonly unknown[]
  /** For objects: their options. */
  readonly options?: OptionTable<object>
  /** For lists: the options of each item that is an object. */
  readonly items?: OptionTable<object>
  /** The value if it is not given; absent if there is none, or if it is derived. */
  readonly default?: unknown
}

/** The options of a component or a function by name: exactly those of its interface. */
export type OptionTable<T> = { readonly [Name in keyof T]-?: Option }

/**
 * Refuses an unknown option and an invalid value. An undefined value means that the option was not given.
 *
 * @param attempt - what was attempted, after `cannot`, as in `create inbox "Text"`
 * @param find - finds the likely name for an unknown one (default: none; the message lists all names)
 * @returns a copy of the checked options
 * @throws {UdpngError} `BAD_OPTION`
 */
export function check<T extends object>(
  attempt: string,
  table: OptionTable<T>,
  options: T | undefined,
  find?: (word: string, names: readonly string[]) => string | undefined,
): T {
  if (options !== undefined && Object(options) !== options)
    throw badOption(attempt, 'options', options, 'an object')
  const given = { ...options } as T
  for (const name in given) {
    const value = given[name]
    if (!Object.hasOwn(table, name)) {
      const names = Object.keys(table)
      const meant = find?.(name, names)
      throw refusal(
        attempt,
        `unknown option ${show(name)}; ${meant ? `did you mean ${meant}?` : `the options are ${names.join(', ')}`}`,
      )
    }
    const option = table[name]
    if (value !== undefined && !isAllowed(option, value))
      throw badOption(attempt, name, value, option.kind.must(option))
  }
  return given
}

/** Creates the `BAD_OPTION` error for an invalid value: `cannot <attempt>: <name> is <value>; it must be <must>`. */
export function badOption(attempt: string, name: string, value: unknown, must: string): UdpngError {
  return refusal(attempt, `${name} is ${show(value)}; it must be ${must}`)
}

function refusal(attempt: string, what: string): UdpngError {
  return new UdpngError('BAD_OPTION', `cannot ${attempt}: ${what}`)
}

function isAllowed(option: Option, value: unknown): boolean {
  try {
    return option.kind.accepts(value, option)
  } catch {
    return false // its own code threw
  }
}
