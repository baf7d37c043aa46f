import { shortened } from '@udpng/console'
import { LineCounter } from 'yaml'
import type { Diagnostic } from './diagnostic.js'

interface Finding {
  readonly offset: number
  readonly text: string
}

/** Maximum number of characters of a message: it may quote a word of the file, which may be the whole file. */
const MAX_MESSAGE_LENGTH = 400

/** Maximum number of errors, and of warnings, kept. Further errors are counted. */
const MAX_KEPT = 100

/** Collects the errors and warnings about a file while it is read. */
export class Diagnostics {
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #errors: Finding[] = []
  readonly #warnings: Finding[] = []
  #more = 0

  /**
   * @param file - the name of the file
   * @param text - its contents
   */
  constructor(file: string, text: string) {
    this.#file = file
    // The parser's own line counter leaves out lines inside of multi-line words.
    this.#lines.addNewLine(0)
    for (const { index } of text.matchAll(/\n/g)) this.#lines.addNewLine(index + 1)
  }

  /** Adds an error: the graph cannot be used. */
  add(offset: number, text: string): void {
    if (this.#errors.length < MAX_KEPT) this.#errors.push({ offset, text })
    else this.#more++
  }

  /** Adds a warning: the graph can be used, but is probably a mistake. */
  warn(offset: number, text: string): void {
    if (this.#warnings.length < MAX_KEPT) this.#warnings.push({ offset, text })
  }

  /** The errors, in the order of the file. The last one may be the number of further errors. */
  get errors(): readonly Diagnostic[] {
    const errors = this.#inOrder('error', this.#errors)
    const last = this.#errors.at(-1)
    if (last && this.#more > 0)
      errors.push(this.#diagnostic('error', { ...last, text: `and ${this.#more} more errors` }))
    return errors
  }

  /** The warnings, in the order of the file. */
  get warnings(): readonly Diagnostic[] {
    return this.#inOrder('warning', this.#warnings)
  }

  #inOrder(severity: Diagnostic['severity'], findings: readonly Finding[]): Diagnostic[] {
    return [...findings]
      .sort((a, b) => a.offset - b.offset)
      .map((finding) => this.#diagnostic(severity, finding))
  }

  #diagnostic(severity: Diagnostic['severity'], { offset, text }: Finding): Diagnostic {
    const { line, col } = this.#lines.linePos(offset)
    const message = shortened(inOneLine(text), MAX_MESSAGE_LENGTH)
    return { severity, file: this.#file, line, column: col, message }
  }
}

/** Its lines, trimmed, joined by a blank. A regular expression for it takes quadratic time. */
function inOneLine(text: string): string {
  return text
    .split(/[\n\r]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}
