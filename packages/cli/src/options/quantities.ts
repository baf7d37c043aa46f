import { InvalidArgumentError } from 'commander'
import ms from 'ms'

/** Reads whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a whole number${rangeOf(least, most)}.`)
    return number
  }
}

function rangeOf(least: number, most: number): string {
  return most === Number.MAX_SAFE_INTEGER ? `, ${least} or more` : ` from ${least} to ${most}`
}

/** Reads numbers above 0. */
export function positiveNumber(text: string): number {
  const number = Number(text)
  if (!/^(\d+\.?\d*|\.\d+)(e\d+)?$/.test(text) || !(number > 0) || number === Infinity)
    throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

/** Maximum time of a timer of Node.js, and of options of components, milliseconds. */
const MAX_MS = 0x7fffffff

/**
 * Reads durations, `100ms`, `5s`, `1.5m`, `2h`, as milliseconds. A number without a unit is refused, because it could be seconds or
 * milliseconds.
 */
export function duration(minMs: number): (text: string) => number {
  return (text) => {
    const time = /^(\d+\.?\d*|\.\d+)(ms|s|m|h|d)$/.test(text) ? ms(text as ms.StringValue) : NaN
    if (!(time >= minMs && time <= MAX_MS))
      throw new InvalidArgumentError(
        `It must be a duration such as 100ms, 5s or 1m, from ${ms(minMs)} to ${ms(MAX_MS)}.`,
      )
    return time
  }
}

/** Formats a number in groups of three digits: `1 234 567`. */
export function grouped(number: number): string {
  return Math.round(number)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}

/** `1 datagram`, `2 datagrams`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`
}
