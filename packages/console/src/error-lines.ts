import { printableLine } from './printable.js'

/** At most one line of errors in this time, milliseconds. */
const INTERVAL_MS = 1000
/** Characters of an error's text that are shown. A peer on the network may choose the text. */
const MAX_TEXT_LENGTH = 2000

/**
 * Makes lines of errors, at most one a second: the first error at once, then the number of those that followed it, with
 * the latest. It keeps one text, however many errors come.
 */
export class ErrorLines {
  #quietUntil = -Infinity
  #more = 0
  #latest: unknown

  /**
   * @param now - milliseconds of a monotonic clock
   * @returns the line of this error with its newline; empty when it is kept for the next line
   */
  add(error: Error, now: number): string {
    if (now >= this.#quietUntil && this.#more === 0) {
      this.#quietUntil = now + INTERVAL_MS
      return lineOf(error)
    }
    this.#more++
    this.#latest = error
    return now < this.#quietUntil ? '' : this.flush(now)
  }

  /** When the errors that are kept make a line; `Infinity` without any. */
  get dueAt(): number {
    return this.#more > 0 ? this.#quietUntil : Infinity
  }

  /** The line of the errors that are kept, with its newline; empty without any. */
  flush(now: number): string {
    if (this.#more === 0) return ''
    const latest = lineOf(this.#latest)
    const text = this.#more === 1 ? latest : `${this.#more} more errors, the latest: ${latest}`
    this.#more = 0
    this.#latest = undefined
    this.#quietUntil = now + INTERVAL_MS
    return text
  }
}

/** An error as one line; of one whose own code throws, its type. */
function lineOf(error: unknown): string {
  try {
    const text = String(error)
    const isLong = text.length > MAX_TEXT_LENGTH
    // Cut before it is escaped: the cost of a line does not grow with the text.
    return `${printableLine(isLong ? text.slice(0, MAX_TEXT_LENGTH) : text)}${isLong ? '...' : ''}\n`
  } catch {
    return `${typeof error} that cannot be shown\n`
  }
}
