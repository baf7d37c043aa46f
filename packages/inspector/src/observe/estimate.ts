/** A count is assumed to go on as it did for this time. */
const MAX_GUESS_MS = 10_000

/**
 * A count that only grows, at a time that may be after it was read: as if it had gone on as fast as between its last two readings. So a
 * count that is read every second look grows at a constant rate, and not by 0 and by the double in turn. It never goes back: what was guessed
 * too high is made up for by what comes.
 */
export class Estimate {
  #count = 0
  #readAt: number | undefined
  /** Rate per millisecond, between the last two readings. */
  #rate = 0
  #last = 0

  /**
   * @param time - milliseconds since 1970
   * @param count - as it was read
   * @param readAt - when that was, milliseconds since 1970
   * @param isStill - whether it is known that nothing was counted since
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
