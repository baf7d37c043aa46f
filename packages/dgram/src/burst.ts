/** Number of datagrams within `WITHIN_MS` that make a burst. */
const DATAGRAMS = 16
const WITHIN_MS = 1

/** Recognizes a burst of datagrams. */
export class Burst {
  /** Time at which the current count began, and the count. */
  #since = 0
  #count = 0

  /** Counts a datagram that has arrived. Returns true at the one that makes it a burst. */
  next(): boolean {
    const now = performance.now()
    if (now - this.#since > WITHIN_MS) {
      this.#since = now
      this.#count = 0
    }
    this.#count++
    return this.#count === DATAGRAMS
  }
}
