/** Maximum time for which a count is extrapolated, milliseconds. */
const MAX_GUESS_MS = 10_000

/**
 * Estimates an increasing count at a time after its last reading, from the rate between its last two readings. So a
 * count that is read at every second sample grows at a constant rate, instead of by 0 and twice the rate in turn. The estimate never
 * decreases: one that is too high stays until the count has caught up.
 */
export class Estimate {
  #count = 0
  #readAt: number | undefined
  /** Rate per millisecond, between the last two readings. */
  #rate = 0
  #last = 0

  /**
   * @param time - milliseconds since 1970
   * @param count - the last reading
   * @param readAt - the time of the last reading, milliseconds since 1970
   * @param isStill - whether the count is known not to have changed since
   */
  at(time: number, count: number, readAt: number, isStill: boolean): number {
    if (this.#readAt === undefined || readAt > this.#readAt) {
      if (this.#readAt !== undefined) this.#rate = (count - this.#count) / (readAt - this.#readAt)
      this.#count = count
      this.#readAt = readAt
    }
    const guess = isStill ? 0 : this.#rate * Math.min(time - readAt, MAX_GUESS_MS)
    this.#last = Math.max(this.#last, count + guess)
    return this.#last
  }
}
