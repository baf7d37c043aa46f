import { clearScreenDown, moveCursor } from 'node:readline'
import type { WriteStream } from 'node:tty'

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const NO_WRAP = '\x1b[?7l'
const WRAP = '\x1b[?7h'

/** Default size of a terminal that does not report it. */
const USUAL_ROWS = 24

/** Lines on a terminal that are drawn again and again in the same place. */
export class Screen {
  readonly #stream: WriteStream
  #drawn = 0

  constructor(stream: WriteStream) {
    this.#stream = stream
    // A line that is too long is cut by the terminal itself, which knows how wide a character is.
    stream.write(HIDE_CURSOR + NO_WRAP)
  }

  /** Number of lines. */
  get rows(): number {
    return Math.max(1, (this.#stream.rows || USUAL_ROWS) - 1)
  }

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.rows)
    this.#stream.cork()
    moveCursor(this.#stream, 0, -this.#drawn)
    clearScreenDown(this.#stream)
    this.#stream.write(shown.map((line) => `${line}\n`).join(''))
    this.#stream.uncork()
    this.#drawn = shown.length
  }

  /** Leaves what was drawn last. */
  close(): void {
    this.#stream.write(WRAP + SHOW_CURSOR)
  }
}
