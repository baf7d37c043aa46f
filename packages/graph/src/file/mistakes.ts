import { shortened } from '@udpng/console'
import { LineCounter } from 'yaml'

interface Mistake {
  readonly offset: number
  readonly text: string
}

/** Characters of one text: it may quote a word of the file, which may be all of it. */
const MAX_TEXT_LENGTH = 400

/** More than anybody reads at once. What is found beyond is counted. */
const MOST = 100

/** What is wrong with a file, and where: `graph.yaml:12:5: there is no part "A"`. */
export class Mistakes {
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #errors: Mistake[] = []
  readonly #warnings: Mistake[] = []
  #more = 0

  /**
   * @param file - what the file is called
   * @param text - what is in it
   */
  constructor(file: string, text: string) {
    this.#file = file
    // the parser, which could tell, leaves out lines of words that go on where they should not
    this.#lines.addNewLine(0)
    for (const { index } of text.matchAll(/\n/g)) this.#lines.addNewLine(index + 1)
  }

  /** Something that keeps the graph from being used. */
  add(offset: number, text: string): void {
    if (this.#errors.length < MOST) this.#errors.push({ offset, text })
    else this.#more++
  }

  /** Something that can hardly be meant, and does no harm. */
  warn(offset: number, text: string): void {
    if (this.#warnings.length < MOST) this.#warnings.push({ offset, text: `warning: ${text}` })
  }

  /** One line for each that keeps the graph from being used, in the order of the file. */
  get errors(): readonly string[] {
    const lines = this.#format(this.#errors)
    const last = this.#errors.at(-1)
    if (last && this.#more > 0)
      lines.push(this.#line({ ...last, text: `and ${this.#more} more like these` }))
    return lines
  }

  /** One line for each that does no harm. */
  get warnings(): readonly string[] {
    return this.#format(this.#warnings)
  }

  #format(mistakes: readonly Mistake[]): string[] {
    return [...mistakes].sort((a, b) => a.offset - b.offset).map((mistake) => this.#line(mistake))
  }

  #line({ offset, text }: Mistake): string {
    const { line, col } = this.#lines.linePos(offset)
    return `${this.#file}:${line}:${col}: ${shortened(inOneLine(text), MAX_TEXT_LENGTH)}`
  }
}

/** Its lines, without the blanks around them, joined by a blank. A regular expression for it takes quadratic time. */
function inOneLine(text: string): string {
  return text
    .split(/[\n\r]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}
