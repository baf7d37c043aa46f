import { printable, printableJson } from '@udpng/console'

/** The colors of this command (SGR, ECMA-48 8.3.117): bold, dim, red to cyan, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one
const COLOR = /(\x1b\[(?:1|2|22|3[1-6]|39)m)/

/**
 * Escapes text for standard output or standard error, so that it cannot drive a terminal. On a
 * terminal the colors of this command stay.
 */
export function shown(text: string, stream: { readonly isTTY?: boolean }): string {
  if (!stream.isTTY) return printable(text)
  return text
    .split(COLOR)
    .map((part, i) => (i % 2 === 0 ? printable(part) : part))
    .join('')
}

/**
 * Writes text to standard output, escaped by `shown`, and waits until it is taken.
 *
 * @throws rejects with the system's error; `EPIPE` if the reader has gone
 */
export function printOut(text: string): Promise<void> {
  return write(shown(text, process.stdout))
}

/**
 * Writes a value as JSON and a newline to standard output, and waits until it is taken. Characters that could drive a terminal are
 * escaped, so that a parser reads the same value.
 *
 * @throws rejects with the system's error; `EPIPE` if the reader has gone
 */
export function printJson(value: unknown, space?: number): Promise<void> {
  return write(`${printableJson(value, space)}\n`)
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
