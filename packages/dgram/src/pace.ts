/** Number of datagrams that are sent together, in a burst and in a flood. */
const IN_BURST = 32
const IN_FLOOD = 1024
/** Number of datagrams without a pause that make a flood. */
const FLOOD = 4096
/** Minimum duration of a pause, milliseconds. */
const PAUSE_MS = 10
/** Datagrams that a burst may begin with, and further ones per millisecond: about the rate of `node:dgram`. */
const AT_ONCE = 192
const PER_MS = 200

/**
 * Paces the datagrams of a burst: after the first ones, about as fast as `node:dgram` sends. Faster ones overflow the receive buffer of
 * a receiver that is fast enough for `node:dgram`: by default, it holds about 250 datagrams. A flood is not paced: there the receiver
 * is awake, or too slow for both.
 */
export class Pace {
  #lastAt = -Infinity
  #sincePause = 0
  /** Datagrams that may be sent now. */
  #allowed = AT_ONCE

  /** Maximum number of datagrams to send together. */
  get size(): number {
    return this.#isFlood ? IN_FLOOD : IN_BURST
  }

  /** Whether this number of datagrams may be sent now. Then they count as sent. */
  takes(count: number): boolean {
    const now = performance.now()
    const elapsed = now - this.#lastAt
    this.#lastAt = now
    if (elapsed >= PAUSE_MS) this.#sincePause = 0
    this.#allowed = Math.min(this.#allowed + elapsed * PER_MS, AT_ONCE)
    if (!this.#isFlood && this.#allowed < count) return false
    this.#allowed -= count
    this.#sincePause += count
    return true
  }

  get #isFlood(): boolean {
    return this.#sincePause >= FLOOD
  }
}
