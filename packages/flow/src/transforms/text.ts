import { printable } from '@udpng/console'
import { badOption, checkOptions, type OptionTable, text } from '@udpng/core/options'
import { formatAddress, isDatagram, payloadOf } from '@udpng/datagram'
import { textOf } from './text-of.js'
import { Transformer } from './transformer.js'

/** Options of a Text. */
export interface TextOptions {
  /** The template, with any of `{data}`, `{hex}`, `{length}`, `{from}`, `{time}` (default `{data}`). */
  readonly template?: string
}

const OPTIONS = {
  template: { kind: text, default: '{data}' },
} as const satisfies OptionTable<TextOptions>

/** The words in braces, and their replacements. */
const WORDS: Readonly<Record<string, (message: unknown) => string>> = {
  data: (message) => printable(payloadOf(message) ?? textOf(message)),
  hex: (message) => Buffer.from(payloadOf(message) ?? '').toString('hex'),
  length: (message) => String(Buffer.byteLength(payloadOf(message) ?? '')),
  from,
  time: () => new Date().toISOString(),
}

const BRACES = /\{(\w*)\}/g

/**
 * Formats each message as text, with a template:
 *
 * - `{data}`: the payload as text; for a message without a payload, the message itself. It is escaped by `printable`, so that it
 *   cannot drive a terminal;
 * - `{hex}`: the payload in hexadecimal;
 * - `{length}`: the length of the payload in bytes;
 * - `{from}`: the sender of a datagram, `host:port`; empty for other messages;
 * - `{time}`: the time in UTC, such as `2026-11-30T03:20:24.125Z`.
 *
 * @example
 * const lines = new Text({ template: '{time} {from} {data}\n' })
 */
export class Text extends Transformer<unknown, string> {
  /**
   * @param options.template - the template, with any of `{data}`, `{hex}`, `{length}`, `{from}`, `{time}` (default `{data}`)
   * @throws {UdpngError} `BAD_OPTION` for another word in braces, and for an invalid or unknown option
   */
  constructor(options?: TextOptions) {
    const attempt = 'create Text'
    const { template = OPTIONS.template.default } = checkOptions(attempt, OPTIONS, options)
    for (const [braces, word = ''] of template.matchAll(BRACES))
      if (!Object.hasOwn(WORDS, word))
        throw badOption(
          attempt,
          'template',
          template,
          `text in which ${braces} does not occur; there is {${Object.keys(WORDS).join('}, {')}}`,
        )
    super((message) =>
      template.replaceAll(BRACES, (braces, word: string) => WORDS[word]?.(message) ?? braces),
    )
  }
}

function from(message: unknown): string {
  return isDatagram(message) ? printable(formatAddress(message[1])) : ''
}
