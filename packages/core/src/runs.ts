import type { UdpngError } from './errors.js'

/** The runs of a scheduler that are under way: all of them end together. */
export class Runs {
  #ends: ((failure: UdpngError | undefined) => void)[] = []

  /** Whether there is one. */
  get any(): boolean {
    return this.#ends.length > 0
  }

  /** Adds one. Resolves, or rejects with a failure, when all of them end; calls `atEnd` at that very moment. */
  add(atEnd: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ends.push((failure) => {
        atEnd()
        if (failure) reject(failure)
        else resolve()
      })
    })
  }

  /** From now on there is none; the returned function ends those that there were. */
  take(): (failure: UdpngError | undefined) => void {
    const ends = this.#ends
    this.#ends = []
    return (failure) => {
      for (const end of ends) end(failure)
    }
  }
}
