import {
  checkOptions,
  flag,
  number,
  type OptionTable,
  oneOf,
  positive,
  whole,
} from '@udpng/core/options'

/** Loss in bursts: a path is good or bad, and may change between the two with each datagram. */
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

/** The conditions of a path in one direction. All are optional; the default is a perfect path. Probabilities are from 0 to 1. */
export interface Conditions {
  /** Delay, milliseconds. */
  readonly delayMs?: number
  /**
   * Variation of the delay, milliseconds: uniform from `-jitterMs` to `jitterMs`, unless `distribution` is `"normal"`. A datagram
   * may overtake another one.
   */
  readonly jitterMs?: number
  /** Distribution of the jitter (default `"uniform"`); for `"normal"`, `jitterMs` is the standard deviation. */
  readonly distribution?: 'uniform' | 'normal'
  /** Probability that a datagram is lost, or loss in bursts (Gilbert-Elliott model). */
  readonly loss?: number | Bursts
  /** Probability that a datagram is duplicated. */
  readonly duplicate?: number
  /** Probability that a datagram skips `delayMs`, and so overtakes those before it. */
  readonly reorder?: number
  /** Probability that one bit of a datagram is flipped. */
  readonly corrupt?: number
  /** Probability that the end of a datagram is cut off. */
  readonly truncate?: number
  /** Rate limit, bits per second, including headers: faster datagrams wait in a queue (default: none). */
  readonly rate?: number
  /** Size of that queue, bytes: a datagram that does not fit is lost (default 262 144). */
  readonly queueBytes?: number
  /** Maximum size of a packet, bytes: a longer datagram is fragmented, and is lost if one fragment is (default 1500). */
  readonly mtu?: number
  /** Whether nothing passes: a partition, or a clog if in one direction only (default false). */
  readonly blocked?: boolean
}

export const DEFAULT_MTU = 1500
export const DEFAULT_QUEUE_BYTES = 262_144

/** The options of conditions, by name. */
export const CONDITIONS: OptionTable<Conditions> = {
  delayMs: {
    kind: number,
    unit: 'milliseconds',
    min: 0,
    default: 0,
  },
  jitterMs: {
    kind: number,
    unit: 'milliseconds',
    min: 0,
    default: 0,
  },
  distribution: {
    kind: oneOf,
    values: ['uniform', 'normal'],
    default: 'uniform',
  },
  loss: {
    kind: {
      accepts: (value) => isProbability(value) || isBursts(value),
      must: () => 'a number from 0 to 1, or { enter, leave, bad, good } of such numbers',
    },
    default: 0,
  },
  duplicate: {
    kind: number,
    min: 0,
    max: 1,
    default: 0,
  },
  reorder: {
    kind: number,
    min: 0,
    max: 1,
    default: 0,
  },
  corrupt: {
    kind: number,
    min: 0,
    max: 1,
    default: 0,
  },
  truncate: {
    kind: number,
    min: 0,
    max: 1,
    default: 0,
  },
  rate: {
    kind: positive,
    unit: 'bits per second',
  },
  queueBytes: {
    kind: number,
    unit: 'bytes',
    min: 0,
    default: DEFAULT_QUEUE_BYTES,
  },
  mtu: { kind: whole, unit: 'bytes', min: 68, default: DEFAULT_MTU },
  blocked: { kind: flag, default: false },
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isBursts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { enter, leave, bad = 1, good = 0, ...others } = value as Bursts
  return Object.keys(others).length === 0 && [enter, leave, bad, good].every(isProbability)
}

/**
 * Checks conditions.
 *
 * @returns a copy
 * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid condition
 */
export function checkConditions(conditions: Conditions): Conditions {
  return checkOptions('set the conditions of a path', CONDITIONS, conditions)
}
