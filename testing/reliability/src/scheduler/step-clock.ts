import type { Clock } from '@udpng/core'

/** A clock that moves at once on request. */
export class StepClock implements Clock {
  #now = 0
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  get pending(): number {
    return this.#timers.size
  }

  /** When the next timer is due; `Infinity` without one. */
  get next(): number {
    let next = Infinity
    for (const { due } of this.#timers) next = Math.min(next, due)
    return next
  }

  /** Moves, and calls back those that are due, the earliest first. */
  moveTo(now: number): void {
    this.#now = now
    const due = [...this.#timers].filter((timer) => timer.due <= now)
    for (const timer of due.sort((a, b) => a.due - b.due))
      if (this.#timers.delete(timer)) timer.callback()
  }
}
