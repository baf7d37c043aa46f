import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { printableLine, shortened } from '@udpng/console'

/** Options of `Notes`. */
export interface NotesOptions {
  /** Only errors (default false). */
  readonly quiet?: boolean | undefined
  /** The output (default: standard error). */
  readonly stream?: NodeJS.WriteStream
  /** Called after each line on a terminal: it may show a prompt again that the line has replaced. */
  readonly promptAgain?: () => void
}

/** Maximum number of characters of a line. */
const MAX_LINE_LENGTH = 2000

/** Escape sequence that clears the line. */
const CLEAR_LINE = '\r\x1b[K'

/**
 * Writes status messages on standard error, one line each, and, on a terminal, a progress line while a long job
 * runs. Each text is written as one line of bounded length that cannot drive the terminal.
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

  /** Writes `udpng: text`, unless `quiet`. */
  info(text: string): void {
    if (!this.quiet) this.#line(text)
  }

  /** Writes a requested text, even if `quiet`. */
  answer(text: string): void {
    this.#line(text)
  }

  /** Writes an error, even if `quiet`. */
  complain(text: string): void {
    this.#line(text, 'red')
  }

  /** Writes a progress line, which stays until the next one or another message; an empty text removes it. */
  progress(text: string): void {
    if (this.quiet || !this.watched || text === this.#progress) return
    // a terminal that does not know its size reports 0
    const columns = (this.#stream as WriteStream).columns || 80
    this.#stream.write(CLEAR_LINE + lineOf(text).slice(0, columns - 1))
    this.#progress = text
  }

  /** Begins a new line on a terminal, after the one that shows ^C. */
  newLine(): void {
    if (this.watched) this.#stream.write('\n')
  }

  /** Writes a line without `udpng:`, such as one that begins with the name of a file, even if `quiet`. */
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

/** Colors a text if the stream is a terminal with colors, unless NO_COLOR is set. */
export function colored(
  stream: NodeJS.WriteStream,
  style: Parameters<typeof styleText>[0] | undefined,
  text: string,
): string {
  return style && stream.isTTY && stream.hasColors() ? styleText(style, text) : text
}
