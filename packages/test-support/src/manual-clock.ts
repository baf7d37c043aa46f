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
   * Lets `ms` milliseconds pass, timer by timer in the order they are due, with two turns of the event
   * loop after each, so that components do what the time makes them do: a scheduler that has worked for
   * long goes on in the second.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0]
      if (next === undefined || next.due > end) break
      this.#now = Math.max(this.#now, next.due)
      this.#timers.delete(next)
      next.callback()
      await turn()
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
