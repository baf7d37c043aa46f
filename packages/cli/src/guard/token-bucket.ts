/** A rate limit with a burst of at most one second's worth. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #capacity: number
  #tokens: number
  #at: number

  /**
   * @param perSecond - a number above 0, or `Infinity`
   * @param now - milliseconds of a monotonic clock
   */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond
    this.#capacity = Math.max(1, perSecond)
    this.#tokens = this.#capacity
    this.#at = now
  }

  /** Takes a token; false if there is none. */
  take(now: number): boolean {
    const refill = ((now - this.#at) * this.#perSecond) / 1000
    this.#at = now
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, refill))
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
