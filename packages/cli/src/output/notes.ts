import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { printableLine, shortened } from '@udpng/console'

/** Options of `Notes`. */
export interface NotesOptions {
  /** Only errors (default false). */
  readonly quiet?: boolean | undefined
  /** The output (default: standard error). */
  readonly stream?: NodeJS.WriteStream
  /** On a terminal, called after each line: it may show a prompt again, of which the line has taken the place. */
  readonly promptAgain?: () => void
}

/** Characters of one line. */
const MAX_LINE_LENGTH = 2000

/** Escape sequence that clears the line. */
const CLEAR_LINE = '\r\x1b[K'

/**
 * Writes for the person at the terminal, on standard error: what happens, one line each, and while a long job goes on
 * a line of progress, only on a terminal. Whatever a text was made of, it is one line of bounded length and cannot drive
 * the terminal.
 */
export class Notes {
  readonly quiet: boolean
  readonly #stream: NodeJS.WriteStream
  readonly #promptAgain: (() => void) | undefined
  #progress = ''

  constructor({ quiet = false, stream = process.stderr, promptAgain }: NotesOptions = {}) {
    this.quiet = quiet
    this.#stream = stream
    this.#promptAgain = stream.isTTY ? promptAgain : undefined
  }

  /** Whether it writes to a terminal. */
  get watched(): boolean {
    return this.#stream.isTTY === true
  }

  /** Writes `udpng: text`, unless it is to be quiet. */
  info(text: string): void {
    if (!this.quiet) this.#line(text)
  }

  /** Writes what was asked for: also when it is to be quiet. */
  answer(text: string): void {
    this.#line(text)
  }

  /** Writes an error: also when it is to be quiet. */
  complain(text: string): void {
    this.#line(text, 'red')
  }

  /** Writes what stays until the next one, or until something else is said; an empty text takes it away. */
  progress(text: string): void {
    if (this.quiet || !this.watched || text === this.#progress) return
    // 0 is what a terminal says that does not know its size
    const columns = (this.#stream as WriteStream).columns || 80
    this.#stream.write(CLEAR_LINE + lineOf(text).slice(0, columns - 1))
    this.#progress = text
  }

  /** Begins a new line, on a terminal: the one that shows ^C is over. */
  newLine(): void {
    if (this.watched) this.#stream.write('\n')
  }

  /** Writes a line without `udpng:`, for what begins with the name of a file: also when it is to be quiet. */
  line(text: string): void {
    this.#stream.write(`${lineOf(text)}\n`)
  }

  #line(text: string, color?: 'red'): void {
    const progress = this.#progress
    this.progress('')
    const over = this.#promptAgain ? CLEAR_LINE : ''
    this.#stream.write(`${over}${colored(this.#stream, color, 'udpng:')} ${lineOf(text)}\n`)
    this.#promptAgain?.()
    if (progress) this.progress(progress)
  }
}

function lineOf(text: string): string {
  // Cut before it is escaped, so that the cost of a line does not grow with the text; and after, since escapes are longer.
  return shortened(printableLine(shortened(text, MAX_LINE_LENGTH)), MAX_LINE_LENGTH)
}

/** Text in a color, where the stream is a terminal that has colors, unless NO_COLOR is set. */
export function colored(
  stream: NodeJS.WriteStream,
  style: Parameters<typeof styleText>[0] | undefined,
  text: string,
): string {
  return style && stream.isTTY && stream.hasColors() ? styleText(style, text) : text
}
