/** Requests that are answered at once after a quiet time; after that, the rate decides. */
const BURST = 64

/**
 * Runs actions at a bounded rate, first in, first out. An action that waits takes no time of the rate until it runs, so those that are
 * cancelled cost the others nothing. At most one timer is set.
 */
export class Pace {
  readonly #intervalMs: number
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  /** When the next action would be due if all came evenly. */
  #even = 0

  /** @param perSecond - actions a second, once `BURST` were run at once */
  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond
  }

  /** Actions that wait now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Runs `act` now, or as soon as it is due.
   *
   * @returns cancels it; without effect once it ran
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

  /** Cancels all that wait. */
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
