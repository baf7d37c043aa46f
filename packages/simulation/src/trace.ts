import { createHash, type Hash } from 'node:crypto'

/** Maximum number of lines kept: the last ones. The digest covers all lines. */
const MAX_LINES = 10_000

/** Records events, one line each, and a digest of all lines. */
export class Trace {
  readonly #hash: Hash = createHash('sha256')
  /** A ring: the oldest line is at `#count` modulo its size. */
  readonly #lines: string[] = []
  #count = 0

  /** Number of lines. */
  get count(): number {
    return this.#count
  }

  /** The last lines, in order. */
  get lines(): readonly string[] {
    const at = this.#count % MAX_LINES
    return [...this.#lines.slice(at), ...this.#lines.slice(0, at)]
  }

  add(line: string): void {
    this.#lines[this.#count % MAX_LINES] = line
    this.#count++
    this.#hash.update(line)
    this.#hash.update('\n')
  }

  /** A digest of all lines until now (SHA-256, hexadecimal). */
  get digest(): string {
    return this.#hash.copy().digest('hex')
  }
}
