/** So many requests are answered at once, and then so many a second. */
const BURST = 64
const PER_SECOND = 100

/** Lets things happen at a bounded rate, whoever asks for more: the others are put off, each a little longer. */
export class Pace {
  readonly #timers = new Set<NodeJS.Timeout>()
  /** When the next one would be due if all came evenly. */
  #even = 0

  /** Does it now, or as soon as it may be done. */
  next(act: () => void): void {
    const now = performance.now()
    const each = 1000 / PER_SECOND
    this.#even = Math.max(this.#even, now - BURST * each) + each
    const wait = this.#even - now
    if (wait <= 0) {
      act()
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, wait).unref()
    this.#timers.add(timer)
  }

  /** Forgets what was put off. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
