import { printable } from '@udpng/console'
import { UdpngError } from '@udpng/core'
import { formatAddress, isDatagram, payloadOf } from '@udpng/datagram'
import { checkOptions, TEXT } from './check-options.js'
import { textOf } from './text-of.js'
import { Transformer } from './transformer.js'

/** Options of a Text. */
export interface TextOptions {
  /** Text with `{data}`, `{hex}`, `{length}`, `{from}`, `{time}` in it (default `{data}`). */
  readonly template?: string
}

/** The words in braces, and what replaces them. */
const WORDS: Readonly<Record<string, (message: unknown) => string>> = {
  data: (message) => printable(payloadOf(message) ?? textOf(message)),
  hex: (message) => Buffer.from(payloadOf(message) ?? '').toString('hex'),
  length: (message) => String(Buffer.byteLength(payloadOf(message) ?? '')),
  from,
  time: () => new Date().toISOString(),
}

const BRACES = /\{(\w*)\}/g

/**
 * Makes text of each message, after a template:
 *
 * - `{data}`: the payload as text; of a message without a payload, the message. Bytes are written `printable`, so that they
 *   cannot drive a terminal;
 * - `{hex}`: the payload in hexadecimal;
 * - `{length}`: the length of the payload in bytes;
 * - `{from}`: the sender of a datagram, `host:port`; of other messages nothing;
 * - `{time}`: the time in UTC, as `2026-11-30T03:20:24.125Z`.
 *
 * @example
 * const lines = new Text({ template: '{time} {from} {data}\n' })
 */
export class Text extends Transformer<unknown, string> {
  /**
   * @param options.template - text with `{data}`, `{hex}`, `{length}`, `{from}`, `{time}` in it (default `{data}`)
   * @throws {UdpngError} `BAD_OPTION` for another word in braces, and for an unknown option
   */
  constructor(options: TextOptions = {}) {
    checkOptions('Text', options, { template: TEXT }, ['template'])
    const { template = '{data}' } = options
    for (const [braces, word = ''] of template.matchAll(BRACES))
      if (!Object.hasOwn(WORDS, word))
        throw new UdpngError(
          'BAD_OPTION',
          `template has ${braces}; there is {${Object.keys(WORDS).join('}, {')}}`,
        )
    super((message) =>
      template.replaceAll(BRACES, (braces, word: string) => WORDS[word]?.(message) ?? braces),
    )
  }
}

function from(message: unknown): string {
  return isDatagram(message) ? printable(formatAddress(message[1])) : ''
}
