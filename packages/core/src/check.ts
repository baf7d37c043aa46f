import { UdpngError } from './errors.js'
import { show } from './show.js'

/** A kind of values: which are allowed, and what they are in words. */
export interface Kind {
  /** Whether an option may have this value. One that throws has not accepted it. */
  accepts(value: unknown, option: Option): boolean
  /** The text after `it must be` in messages. */
  must(option: Option): string
}

/** One option: its values, its default, and what it is for. */
export interface Option {
  readonly kind: Kind
  /** Whether it must be given (default: no). */
  readonly required?: boolean
  /** For numbers: the unit, in the plural, as in `milliseconds`. */
  readonly unit?: string
  /** For numbers: the minimum (default 0). */
  readonly min?: number
  /** For numbers: the maximum; `Infinity` allows that too (default: any finite number). */
  readonly max?: number
  /** For `oneOf`: the values. */
  readonly values?: readonly unknown[]
  /** For objects: their options. */
  readonly options?: OptionTable<object>
  /** The value when it is not given; left out where there is none, or where `text` says what it follows from. */
  readonly default?: unknown
  /** A description, in one line. */
  readonly text?: string
}

/** The options of a component or a function by name: all that its interface has, and no others. */
export type OptionTable<T> = { readonly [Name in keyof T]-?: Option }

/**
 * Refuses an unknown option, and a value that is not allowed. What is undefined was not given.
 *
 * @param attempt - what was attempted, after `cannot`, as in `create inbox "Text"`
 * @param find - finds the name that was meant by an unknown one (default: none; the message lists all names)
 * @returns a copy, of what was checked
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

/** The error for a value that is not allowed. */
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
