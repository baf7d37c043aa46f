/**
 * The source of time of a scheduler. A simulator, or a test, brings its own.
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes backwards. */
  now(): number
  /**
   * Calls back once, `ms` milliseconds from now. It may be somewhat early (timers are), so the
   * callback has to check `now()`. Returns a function that cancels it.
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
