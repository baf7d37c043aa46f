/** During a shortage, one place in this number is for sessions that are ending while their successors start. */
const ENDING_SHARE = 16
/** Milliseconds without a further shortage after which the limit is raised, each time by twice as many. */
const RETRY_MS = 1000

/**
 * Limits the number of sessions: `capacity`, or fewer after a shortage of system resources. A failed attempt costs
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

  /** Maximum number of sessions, including those that are ending: twice the capacity, or the number that fits. */
  get total(): number {
    return this.#total
  }

  /** Maximum number of sessions that are not ending. */
  get active(): number {
    return Math.min(this.#capacity, this.#total - Math.ceil(this.#total / ENDING_SHARE))
  }

  /** Whether the limit is lowered after a shortage. */
  get short(): boolean {
    return this.#retryAt < Infinity
  }

  /** Lowers the limit to `living` sessions: one more was too many. */
  limit(living: number, now: number): void {
    this.#total = Math.min(living, 2 * this.#capacity)
    this.#more = 1
    this.#retryAt = now + RETRY_MS
  }

  /** Raises the limit if enough time has passed. */
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
