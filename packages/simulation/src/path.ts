import { type Conditions, checkConditions, DEFAULT_MTU, DEFAULT_QUEUE_BYTES } from './conditions.js'
import type { Random } from './random.js'

/** Counts the datagrams on a path. */
export interface PathStats {
  sent: number
  /** Datagrams that have arrived or will arrive, including copies. */
  passed: number
  /** Copies made. */
  duplicated: number
  /** Datagrams with a flipped bit or a missing end; they still arrive. */
  corrupted: number
  truncated: number
  /** Lost, by reason. */
  lost: {
    /** Random loss. */
    loss: number
    /** No room in the queue of a rate-limited path. */
    queueFull: number
    /** The path is blocked. */
    blocked: number
  }
}

/** One datagram that arrives after `afterMs` milliseconds. */
export interface Passage {
  readonly afterMs: number
  readonly data: Uint8Array
}

const HEADER_BYTES = 28 // IPv4 and UDP

/** Applies the conditions of a path, in one direction, to each datagram. */
export class Path {
  readonly stats: PathStats = {
    sent: 0,
    passed: 0,
    duplicated: 0,
    corrupted: 0,
    truncated: 0,
    lost: { loss: 0, queueFull: 0, blocked: 0 },
  }
  readonly #random: Random
  #conditions: Conditions
  /** Whether it is in a burst of loss. */
  #isBad = false
  /** Time at which the last queued datagram will have left, on the caller's clock. */
  #freeAt = 0

  /** @throws {UdpngError} `BAD_OPTION` for an unknown or invalid condition */
  constructor(random: Random, conditions: Conditions = {}) {
    this.#conditions = checkConditions(conditions)
    this.#random = random
  }

  get conditions(): Conditions {
    return this.#conditions
  }

  /** New conditions apply from now on; datagrams in flight are unaffected. */
  set conditions(conditions: Conditions) {
    this.#conditions = checkConditions(conditions)
  }

  /** Sends a datagram at this time, and returns the datagrams that arrive: none, one, or one and a copy. */
  pass(data: Uint8Array, now: number): readonly Passage[] {
    const { stats } = this
    const { duplicate = 0, mtu = DEFAULT_MTU, blocked = false } = this.#conditions
    stats.sent++
    if (blocked) {
      stats.lost.blocked++
      return []
    }
    const size = data.length + HEADER_BYTES
    for (let left = Math.ceil(size / mtu); left > 0; left--)
      if (this.#isLost()) {
        stats.lost.loss++
        return []
      }
    const copies = this.#random.chance(duplicate) ? 2 : 1
    const passages: Passage[] = []
    for (let copy = 0; copy < copies; copy++) {
      const waits = this.#queue(size, now)
      if (copy > 0) stats.duplicated++
      if (waits === undefined) stats.lost.queueFull++
      else {
        stats.passed++
        passages.push({ afterMs: waits + this.#delay(), data: this.#spoil(data, copy > 0) })
      }
    }
    return passages
  }

  #isLost(): boolean {
    const { loss = 0 } = this.#conditions
    if (typeof loss === 'number') return this.#random.chance(loss)
    const { enter, leave, bad = 1, good = 0 } = loss
    if (this.#random.chance(this.#isBad ? leave : enter)) this.#isBad = !this.#isBad
    return this.#random.chance(this.#isBad ? bad : good)
  }

  /** Time in the queue and on the line, milliseconds; undefined if the queue has no room. */
  #queue(size: number, now: number): number | undefined {
    const { rate, queueBytes = DEFAULT_QUEUE_BYTES } = this.#conditions
    if (rate === undefined) return 0
    const waitsMs = Math.max(0, this.#freeAt - now)
    // What is not yet on the line is in the queue, and worth that much time.
    if (waitsMs > 0 && (waitsMs * rate) / 8000 + size > queueBytes) return undefined
    const takesMs = (size * 8000) / rate
    this.#freeAt = now + waitsMs + takesMs
    return waitsMs + takesMs
  }

  #delay(): number {
    const { delayMs = 0, jitterMs = 0, distribution, reorder = 0 } = this.#conditions
    if (this.#random.chance(reorder)) return 0
    if (jitterMs === 0) return delayMs
    const by = distribution === 'normal' ? this.#random.normal() : 2 * this.#random.fraction() - 1
    return Math.max(0, delayMs + by * jitterMs)
  }

  /** The data that arrives: `data` itself, or a copy for a duplicate or a corrupted datagram. */
  #spoil(data: Uint8Array, isDuplicate: boolean): Uint8Array {
    const { corrupt = 0, truncate = 0 } = this.#conditions
    const isCorrupted = data.length > 0 && this.#random.chance(corrupt)
    const bit = isCorrupted ? this.#random.below(data.length * 8) : 0
    const isTruncated = data.length > 0 && this.#random.chance(truncate)
    const length = isTruncated ? this.#random.below(data.length) : data.length
    if (!isDuplicate && !isCorrupted && !isTruncated) return data
    const copy = new Uint8Array(data) // `slice` of a Buffer would be a view
    if (isCorrupted) {
      this.stats.corrupted++
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7))
    }
    if (isTruncated) this.stats.truncated++
    return isTruncated ? copy.slice(0, length) : copy
  }
}
