/** Functions that are called with each event. One that throws affects nothing else. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly call: (event: T) => void }>()

  /** Whether there is one. */
  get any(): boolean {
    return this.#listeners.size > 0
  }

  /** Adds one. Returns what removes it. */
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
        call(event)
        taken = true
      } catch {
        // errors of a listener are its provider's
      }
    return taken
  }
}
