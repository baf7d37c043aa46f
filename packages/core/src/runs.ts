import type { UdpngError } from './errors.js'

/** The current runs of a scheduler: all of them end together. */
export class Runs {
  #ends: ((failure: UdpngError | undefined) => void)[] = []

  /** Whether there is one. */
  get any(): boolean {
    return this.#ends.length > 0
  }

  /** Adds a run. Resolves, or rejects with a failure, when all runs end; calls `atEnd` at that moment. */
  add(atEnd: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ends.push((failure) => {
        atEnd()
        if (failure) reject(failure)
        else resolve()
      })
    })
  }

  /** Removes all runs, and returns a function that ends them. */
  take(): (failure: UdpngError | undefined) => void {
    const ends = this.#ends
    this.#ends = []
    return (failure) => {
      for (const end of ends) end(failure)
    }
  }
}
