/**
 * Gives a scheduler the time and its timers. Simulations and tests have clocks of their own.
 */
export interface Clock {
  /** Milliseconds since a fixed moment; never decreases. */
  now(): number
  /**
   * Calls back once, `ms` milliseconds from now. It may be slightly early, as timers are, so the
   * callback must check `now()`.
   *
   * @returns cancels the timer
   */
  after(ms: number, callback: () => void): () => void
}

/** setTimeout fires at once when it is asked to wait longer than this. */
const MAX_TIMEOUT_MS = 0x7fffffff

/** The real time: `performance.now()` and `setTimeout`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, MAX_TIMEOUT_MS))
    return () => clearTimeout(timer)
  },
}
