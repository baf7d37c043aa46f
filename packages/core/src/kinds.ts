import type { Kind, Option } from './check.js'
import { show } from './show.js'

interface Choice extends Option {
  readonly values: readonly unknown[]
}

/** Whole numbers from `min` (default 0) to `max`; also `Infinity`, if `max` is `Infinity`. */
export const whole: Kind = {
  accepts: (value, option) =>
    (Number.isInteger(value) || value === Infinity) && isInRange(value as number, option),
  must: (option) => `a whole number${rangeOf(option)}`,
}

/** Numbers from `min` (default 0) to `max`; also `Infinity`, if `max` is `Infinity`. */
export const number: Kind = {
  accepts: (value, option) => typeof value === 'number' && isInRange(value, option),
  must: (option) => `a number${rangeOf(option)}`,
}

/** Numbers greater than 0, up to `max`. */
export const positive: Kind = {
  accepts: (value, option) => typeof value === 'number' && value > 0 && isInRange(value, option),
  must: ({ unit, max }) => `a number${ofUnit(unit)} > 0${orInfinity(max)}`,
}

/** One of `values`, which the table has to give. */
export const oneOf: Kind = {
  accepts: (value, { values }: Choice) => values.includes(value),
  must: ({ values }: Choice) => values.map(show).join(' or '),
}

/** `true` or `false`. */
export const flag: Kind = {
  accepts: (value) => typeof value === 'boolean',
  must: () => 'true or false',
}

/** Functions. */
export const callback: Kind = {
  accepts: (value) => typeof value === 'function',
  must: () => 'a function',
}

/** Any string. */
export const text: Kind = {
  accepts: (value) => typeof value === 'string',
  must: () => 'a string',
}

function isInRange(value: number, { min = 0, max = Number.MAX_VALUE }: Option): boolean {
  return value >= min && value <= max
}

function rangeOf({ unit, min = 0, max }: Option): string {
  const range =
    max === undefined || max === Infinity ? `>= ${min}${orInfinity(max)}` : `from ${min} to ${max}`
  return `${ofUnit(unit)} ${range}`
}

function ofUnit(unit: string | undefined): string {
  return unit ? ` of ${unit}` : ''
}

function orInfinity(max: number | undefined): string {
  return max === Infinity ? ', or Infinity' : ''
}
