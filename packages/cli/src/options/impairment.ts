import type { Conditions } from '@udpng/simulation'
import { InvalidArgumentError } from 'commander'
import { duration, wholeNumber } from './quantities.js'

/** The conditions of a bad network, and the seed of its random decisions. */
export type Impairments = Conditions & { readonly seed?: number }

/** How the value of each word is read, and the condition that it sets. */
const WORDS: Readonly<
  Record<string, readonly [key: keyof Impairments, read: (text: string) => number]>
> = {
  loss: ['loss', percentage],
  duplicate: ['duplicate', percentage],
  reorder: ['reorder', percentage],
  corrupt: ['corrupt', percentage],
  truncate: ['truncate', percentage],
  delay: ['delayMs', (text) => duration(0)(text)],
  jitter: ['jitterMs', (text) => duration(0)(text)],
  rate: ['rate', bitRate],
  mtu: ['mtu', (text) => wholeNumber(68, 65_535)(text)],
  seed: ['seed', (text) => wholeNumber(0, Number.MAX_SAFE_INTEGER)(text)],
}

/** Reads `loss 10% delay 40ms seed 7`. */
export function impairments(text: string): Impairments {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const found: Record<string, number> = {}
  for (let i = 0; i < words.length; i += 2) {
    const [word = '', value] = words.slice(i)
    const [key, read] = Object.hasOwn(WORDS, word) ? (WORDS[word] ?? []) : []
    if (!key || !read)
      throw new InvalidArgumentError(
        `"${word}" is unknown; it may have ${Object.keys(WORDS).join(', ')}, each with a value.`,
      )
    if (value === undefined) throw new InvalidArgumentError(`${word} needs a value.`)
    try {
      found[key] = read(value)
    } catch (error) {
      throw new InvalidArgumentError(`${word} ${value}: ${(error as Error).message}`)
    }
  }
  return found
}

function percentage(text: string): number {
  const [, number] = /^(\d+\.?\d*|\.\d+)%$/.exec(text) ?? []
  const percent = Number(number)
  if (!(percent <= 100))
    throw new InvalidArgumentError('It must be a percentage from 0% to 100%, such as 2.5%.')
  return percent / 100
}

const BITS = { bit: 1, kbit: 1000, mbit: 1_000_000, gbit: 1_000_000_000 }

function bitRate(text: string): number {
  const [, number, unit = ''] = /^(\d+\.?\d*|\.\d+)([kmg]?bit)$/.exec(text) ?? []
  const rate = Number(number) * (BITS[unit as keyof typeof BITS] ?? Number.NaN)
  if (!(rate > 0))
    throw new InvalidArgumentError('It must be bits per second, such as 500kbit or 1mbit.')
  return rate
}
