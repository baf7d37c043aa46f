/** Calls functions with each event. One that throws, or whose promise rejects, affects nothing else. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly call: (event: T) => void }>()

  /** Whether there is one. */
  get any(): boolean {
    return this.#listeners.size > 0
  }

  /** Adds one. Returns a function that removes it. */
  add(call: (event: T) => void): () => void {
    const entry = { call }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** Calls every listener. Returns whether one of them returned, and did not throw. */
  notify(event: T): boolean {
    let taken = false
    for (const { call } of this.#listeners)
      try {
        const outcome: unknown = call(event)
        taken = true
        if (outcome instanceof Promise) outcome.catch(() => {})
      } catch {
        // errors of a listener are its provider's
      }
    return taken
  }
}
