import type { Kind, Option } from './check.js'
import { show } from './show.js'

/** Whole numbers from `min` to `max`. */
export const whole: Kind = {
  accepts: (value, option) => Number.isInteger(value) && isInRange(value as number, option),
  must: (option) => `a whole number${rangeOf(option)}`,
}

/** Numbers from `min` to `max`. */
export const number: Kind = {
  accepts: (value, option) => typeof value === 'number' && isInRange(value, option),
  must: (option) => `a number${rangeOf(option)}`,
}

/** Finite numbers above 0. */
export const positive: Kind = {
  accepts: (value) => typeof value === 'number' && value > 0 && value < Infinity,
  must: ({ unit }) => `a number${unit ? ` of ${unit}` : ''} > 0`,
}

/** One of `values`. */
export const oneOf: Kind = {
  accepts: (value, { values = [] }) => values.includes(value),
  must: ({ values = [] }) => values.map(show).join(' or '),
}

/** `true` or `false`. */
export const flag: Kind = {
  accepts: (value) => typeof value === 'boolean',
  must: () => 'true or false',
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
  const range = max === undefined ? `>= ${min}` : `from ${min} to ${max}`
  return `${unit ? ` of ${unit}` : ''} ${range}`
}
