/** Number of actions that run at once after an idle time; then the rate applies. */
const BURST = 64

/**
 * Runs actions at a bounded rate, first in, first out. A cancelled action does not count against the rate. At most one timer is set.
 */
export class Pace {
  readonly #intervalMs: number
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  /** Time at which the next action would be due if all came evenly. */
  #even = 0

  /** @param perSecond - actions per second, after a burst of `BURST` */
  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond
  }

  /** Number of waiting actions. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Runs `act` now, or as soon as it is due.
   *
   * @returns cancels it; has no effect once it ran
   */
  next(act: () => void): () => void {
    const entry = (): void => act()
    this.#waiting.add(entry)
    this.#run()
    return () => {
      this.#waiting.delete(entry)
      if (this.#waiting.size === 0) this.close()
    }
  }

  /** Cancels all waiting actions. */
  close(): void {
    this.#waiting.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #run(): void {
    if (this.#timer) return
    for (const act of this.#waiting) {
      const now = performance.now()
      this.#even = Math.max(this.#even, now - BURST * this.#intervalMs)
      const wait = this.#even + this.#intervalMs - now
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#run()
        }, wait).unref()
        return
      }
      this.#even += this.#intervalMs
      this.#waiting.delete(act)
      act()
    }
  }
}
