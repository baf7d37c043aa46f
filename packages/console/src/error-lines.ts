import { printableLine } from './printable.js'

/** Minimum interval between two lines of errors, milliseconds. */
const INTERVAL_MS = 1000
/** Maximum number of characters of an error's text shown: a remote sender may choose the text. */
const MAX_TEXT_LENGTH = 2000

/**
 * Formats errors as lines, at most one per second: the first error at once, then the number of those that followed, with
 * the latest. It buffers one text, however many errors come.
 */
export class ErrorLines {
  #quietUntil = -Infinity
  #more = 0
  #latest: unknown

  /**
   * @param now - milliseconds of a monotonic clock
   * @returns the line of this error with its newline; empty if it is buffered for the next line
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

  /** Time at which the buffered errors become a line; `Infinity` without any. */
  get dueAt(): number {
    return this.#more > 0 ? this.#quietUntil : Infinity
  }

  /** The line of the buffered errors, with its newline; empty without any. */
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

/** Formats an error as one line; if its own code throws, only its type. */
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
