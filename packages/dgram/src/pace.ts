/** Maximum number of datagrams of a burst that are sent together. */
const TOGETHER = 32
/** A burst may begin with this number of datagrams, and continue with this number per millisecond: about the rate of `node:dgram`. */
const AT_ONCE = 192
const PER_MS = 200
/**
 * The load is the number of datagrams sent, less `CALM_PER_MS` for each millisecond. From `FLOOD` on it is a flood: after about 20 ms at
 * the rate of a burst. At most `MAX_LOAD` counts, so that a flood is over 10 ms after its end.
 */
const CALM_PER_MS = 100
const FLOOD = 2048
const MAX_LOAD = 3048

/**
 * Paces the datagrams of a burst: after the first ones, about as fast as `node:dgram` sends. Faster ones overflow the receive buffer of
 * a receiver that is fast enough for `node:dgram`: by default, it holds about 250 datagrams. A flood is not paced: there the receiver
 * is awake, or too slow for both.
 */
export class Pace {
  #lastAt = -Infinity
  /** Number of datagrams that a burst may send now. */
  #allowed = AT_ONCE
  #load = 0

  /** Returns how many of the waiting datagrams may be sent now, together; they then count as sent. */
  take(waiting: number): number {
    const now = performance.now()
    const elapsed = now - this.#lastAt
    this.#lastAt = now
    this.#load = Math.max(this.#load - elapsed * CALM_PER_MS, 0)
    this.#allowed = Math.min(this.#allowed + elapsed * PER_MS, AT_ONCE)
    const isFlood = this.#load >= FLOOD
    const count = isFlood ? waiting : Math.min(waiting, TOGETHER)
    if (!isFlood && this.#allowed < count) return 0
    this.#allowed = Math.max(this.#allowed - count, 0)
    this.#load = Math.min(this.#load + count, MAX_LOAD)
    return count
  }
}
