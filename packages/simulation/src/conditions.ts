import { UdpngError } from '@udpng/core'

/** Loss in bursts: a path is good or bad, and changes between the two from one datagram to the next. */
export interface Bursts {
  /** Probability that a good path turns bad with the next datagram. */
  readonly enter: number
  /** Probability that a bad path turns good with the next datagram. */
  readonly leave: number
  /** Probability of loss on a bad path (default 1). */
  readonly bad?: number
  /** Probability of loss on a good path (default 0). */
  readonly good?: number
}

/** What a path in one direction does to datagrams. What is not given does not happen. Probabilities are from 0 to 1. */
export interface Conditions {
  /** How long each takes, milliseconds. */
  readonly delayMs?: number
  /**
   * How much longer or shorter: evenly from `-jitterMs` to `jitterMs`, or what `distribution` says. A datagram may so
   * overtake another one.
   */
  readonly jitterMs?: number
  /** How the jitter is distributed: `jitterMs` is the standard deviation of `"normal"` (default `"uniform"`). */
  readonly distribution?: 'uniform' | 'normal'
  /** Probability that one is lost, or loss in bursts (the model of Gilbert and Elliott). */
  readonly loss?: number | Bursts
  /** Probability that one comes twice. */
  readonly duplicate?: number
  /** Probability that one takes no `delayMs`, and so overtakes those before it. */
  readonly reorder?: number
  /** Probability that one bit is turned. */
  readonly corrupt?: number
  /** Probability that the end is cut off. */
  readonly truncate?: number
  /** Bits per second, headers included: those that come faster wait in a queue. */
  readonly rate?: number
  /** Bytes of that queue; one that finds no room is lost (default 262 144). */
  readonly queueBytes?: number
  /** Longest packet, bytes: a longer datagram travels in pieces, and is lost when one of them is (default 1500). */
  readonly mtu?: number
  /** Nothing passes: a partition, or, in one direction only, a clog (default false). */
  readonly blocked?: boolean
}

const isProbability = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= 1
const isTime = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value < Infinity
const isPositive = (value: unknown): boolean =>
  typeof value === 'number' && value > 0 && value < Infinity

type Rule = readonly [test: (value: unknown) => boolean, must: string]

const PROBABILITY: Rule = [isProbability, 'a number from 0 to 1']
const TIME: Rule = [isTime, 'a number of milliseconds from 0 on']

const RULES: Readonly<Record<keyof Conditions, Rule>> = {
  delayMs: TIME,
  jitterMs: TIME,
  distribution: [(value) => value === 'uniform' || value === 'normal', '"uniform" or "normal"'],
  loss: [
    (value) => isProbability(value) || isBursts(value),
    'a number from 0 to 1, or { enter, leave, bad, good } of such numbers',
  ],
  duplicate: PROBABILITY,
  reorder: PROBABILITY,
  corrupt: PROBABILITY,
  truncate: PROBABILITY,
  rate: [isPositive, 'a number of bits per second above 0'],
  queueBytes: [isTime, 'a number of bytes from 0 on'],
  mtu: [(value) => Number.isInteger(value) && (value as number) >= 68, 'a whole number >= 68'],
  blocked: [(value) => typeof value === 'boolean', 'true or false'],
}

function isBursts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { enter, leave, bad = 1, good = 0, ...others } = value as Bursts
  return Object.keys(others).length === 0 && [enter, leave, bad, good].every(isProbability)
}

/**
 * Checks conditions.
 *
 * @throws {UdpngError} `BAD_OPTION` for one that does not exist, or a value that is not allowed
 */
export function checkConditions(conditions: Conditions): void {
  for (const [name, value] of Object.entries(conditions)) {
    if (value === undefined) continue
    if (!Object.hasOwn(RULES, name))
      throw new UdpngError(
        'BAD_OPTION',
        `there is no condition ${name}, only ${Object.keys(RULES).join(', ')}`,
      )
    const [test, must] = RULES[name as keyof Conditions]
    if (!test(value))
      throw new UdpngError('BAD_OPTION', `${name} is ${JSON.stringify(value)}; it must be ${must}`)
  }
}
