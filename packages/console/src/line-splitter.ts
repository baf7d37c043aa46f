import { StringDecoder } from 'node:string_decoder'

/** Maximum number of characters of a line. A longer one is cut into pieces: input without a line end must not fill the memory. */
export const MAX_LINE_LENGTH: number = 1_048_576

/** Matches a high surrogate at the end of a piece: the first half of a character. */
const HALF = /[\ud800-\udbff]/

/**
 * Splits chunks of text or UTF-8 into lines: each has `eol` instead of its own line end, "\n" or "\r\n".
 *
 * A line of more than `MAX_LINE_LENGTH` characters comes in pieces, of which only the last has the `eol`.
 */
export class LineSplitter {
  readonly #eol: string
  readonly #decoder = new StringDecoder('utf8')
  /** The beginning of a line that continues in the next chunk. */
  #begun = ''
  #chunk = ''
  #at = 0
  #over = false

  constructor(eol: string) {
    this.#eol = eol
  }

  /** Adds a chunk, once `next()` has returned all lines there were. */
  push(chunk: Uint8Array | string): void {
    this.#chunk = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)
    this.#at = 0
  }

  /** Ends the input: an incomplete line becomes the last one. */
  end(): void {
    this.push(this.#decoder.end())
    this.#over = true
  }

  /** Returns the next complete line; undefined if there is none. */
  next(): string | undefined {
    const found = this.#chunk.indexOf('\n', this.#at)
    const end = found < 0 ? this.#chunk.length : found
    const cut = this.#at + MAX_LINE_LENGTH - this.#begun.length
    const line = this.#begun + this.#chunk.slice(this.#at, Math.min(cut, end))
    if (cut < end) {
      const kept = HALF.test(line.slice(-1)) ? 1 : 0
      this.#at = cut
      this.#begun = line.slice(line.length - kept)
      return line.slice(0, line.length - kept)
    }
    this.#at = end + 1
    this.#begun = ''
    if (found >= 0) return (line.endsWith('\r') ? line.slice(0, -1) : line) + this.#eol
    if (this.#over && line !== '') return line + this.#eol
    this.#begun = line
    this.#chunk = ''
    return undefined
  }
}
