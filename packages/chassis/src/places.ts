/** During a shortage, one session in this many may be ending while its successor starts. */
const ENDING_SHARE = 16
/** After this time without a further shortage, more sessions are tried, milliseconds; each time twice as many more. */
const RETRY_MS = 1000

/**
 * How many sessions there may be: `capacity`, or fewer after the system was short of what they need. A failed attempt costs
 * as much as a session, so after a shortage there is at most one round of attempts a second.
 */
export class Places {
  readonly #capacity: number
  #total: number
  #more = 1
  #retryAt = Infinity

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#total = 2 * capacity
  }

  /** Maximum number of sessions, those that are ending included: twice the capacity, or what fits. */
  get total(): number {
    return this.#total
  }

  /** Maximum number of sessions that are not ending. */
  get active(): number {
    return Math.min(this.#capacity, this.#total - Math.ceil(this.#total / ENDING_SHARE))
  }

  /** Whether fewer sessions fit than there may be. */
  get short(): boolean {
    return this.#retryAt < Infinity
  }

  /** One session more than `living` was too much. */
  limit(living: number, now: number): void {
    this.#total = Math.min(living, 2 * this.#capacity)
    this.#more = 1
    this.#retryAt = now + RETRY_MS
  }

  /** Time has passed: perhaps more sessions fit again. */
  grow(now: number): void {
    if (now < this.#retryAt) return
    this.#total += this.#more
    this.#more *= 2
    this.#retryAt = now + RETRY_MS
    if (this.#total < 2 * this.#capacity) return
    this.#total = 2 * this.#capacity
    this.#retryAt = Infinity
  }
}
