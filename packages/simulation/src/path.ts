import { type Conditions, checkConditions, DEFAULT_MTU, DEFAULT_QUEUE_BYTES } from './conditions.js'
import type { Random } from './random.js'

/** Counters for every outcome of the datagrams on a path. */
export interface PathStats {
  sent: number
  /** Those that will arrive, or did: copies are counted too. */
  passed: number
  /** Copies that were made. */
  duplicated: number
  /** Bits were turned, or the end was cut off; they still arrive. */
  corrupted: number
  truncated: number
  /** Lost, by reason. */
  lost: {
    /** By chance. */
    loss: number
    /** No room in the queue before a path of limited rate. */
    queueFull: number
    /** Nothing passes. */
    blocked: number
  }
}

/** One datagram that passes: after `afterMs`, with bytes of its own. */
export interface Passage {
  readonly afterMs: number
  readonly data: Uint8Array
}

const HEADER_BYTES = 28 // IPv4 and UDP

/** A path in one direction: its conditions, and what follows of them for each datagram. */
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
  /** In a burst of loss. */
  #isBad = false
  /** When the last one that waits for its turn will have left, by the clock of the caller. */
  #freeAt = 0

  /** @throws {UdpngError} `BAD_OPTION` for an unknown condition, or a value that is not allowed */
  constructor(random: Random, conditions: Conditions = {}) {
    this.#conditions = checkConditions(conditions)
    this.#random = random
  }

  get conditions(): Conditions {
    return this.#conditions
  }

  /** From now on; what is under way is not touched. */
  set conditions(conditions: Conditions) {
    this.#conditions = checkConditions(conditions)
  }

  /** Sends a datagram at this time, and returns what arrives: nothing, it, or it and a copy. */
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

  /** Time in the queue and on the line; undefined when the queue has no room. */
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
