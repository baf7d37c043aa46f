/** A clock that a test moves by hand. It has the shape of core's `Clock`. */
export class ManualClock {
  #now = 0
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, ms), callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size
  }

  /**
   * Lets `ms` milliseconds pass, timer by timer in the order they are due, with a turn of the event
   * loop before the first and after each, so that components do what there is to do.
   */
  async advance(ms: number): Promise<void> {
    await turn()
    const end = this.#now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0]
      if (next === undefined || next.due > end) break
      this.#now = Math.max(this.#now, next.due)
      this.#timers.delete(next)
      next.callback()
      await turn()
    }
    this.#now = end
    await turn()
  }
}

/** One turn of the event loop: what is due now has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
