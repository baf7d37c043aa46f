/** Something that has notices to give. */
export interface Notifier {
  /** Gives the notices that are due. */
  notify(): void
}

/** A turn of the event loop that takes longer is not a short one, milliseconds. */
const SHORT_TURN_MS = 1

/**
 * Calls the sockets of one transport once in a turn of the event loop, after the I/O of that turn: a thousand sockets cost one
 * `setImmediate`, and a reader gets what arrived in a row as one batch.
 */
export class Notices {
  #due: Notifier[] = []
  #served = 0
  #short = false

  /** Whether turns are short: a notice that waits for the next one does not wait for long. */
  get short(): boolean {
    return this.#short
  }

  /** Calls `notifier` after the I/O of this turn; or of the next turn, if this one is being served. */
  add(notifier: Notifier): void {
    if (this.#due.push(notifier) === 1) setImmediate(() => this.#serve())
  }

  #serve(): void {
    const due = this.#due
    this.#due = []
    const now = performance.now()
    this.#short = now - this.#served < SHORT_TURN_MS
    this.#served = now
    for (const notifier of due)
      try {
        notifier.notify()
      } catch (thrown) {
        // An uncaught exception, as in any other callback; the other sockets get their notices first.
        queueMicrotask(() => {
          throw thrown
        })
      }
  }
}
