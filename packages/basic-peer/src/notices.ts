/** A socket with notices to give. */
export interface Notifier {
  /** Gives the notices that are due. */
  notify(): void
}

/** Maximum duration of a short turn of the event loop, milliseconds. */
const SHORT_TURN_MS = 1

/**
 * Calls the sockets of one transport once per turn of the event loop, after the I/O of that turn. So a thousand sockets cost one
 * `setImmediate`, and a reader gets datagrams that arrived in a row as one batch.
 */
export class Notices {
  #due: Notifier[] = []
  #served = 0
  #short = false

  /** Whether turns are short: then a notice may wait for the next one. */
  get short(): boolean {
    return this.#short
  }

  /** Calls `notifier` after the I/O of this turn, or of the next one if this one is being served. */
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
