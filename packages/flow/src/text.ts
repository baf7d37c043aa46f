import { printable } from '@udpng/console'
import { UdpngError } from '@udpng/core'
import { inText, payloadOf, sourceOf } from './payload-of.js'
import { Transformer } from './transformer.js'

/** What the words in braces stand for. */
const WORDS: Readonly<Record<string, (message: unknown) => string>> = {
  data: (message) => printable(payloadOf(message) ?? inText(message)),
  hex: (message) => Buffer.from(payloadOf(message) ?? '').toString('hex'),
  length: (message) => String(Buffer.byteLength(payloadOf(message) ?? '')),
  from,
  time: () => new Date().toISOString(),
}

const BRACES = /\{(\w*)\}/g

/**
 * Makes a line of text of each message, after a template. Bytes are written `printable`, so they cannot drive a
 * terminal.
 */
export class Text extends Transformer<unknown, string> {
  /**
   * @param options.template - text with `{data}`, `{hex}`, `{length}`, `{from}`, `{time}` in it (default `{data}`)
   * @throws {UdpngError} `BAD_OPTION` for other words in braces
   */
  constructor({ template = '{data}' }: { readonly template?: string } = {}) {
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
  const [host, port] = sourceOf(message) ?? []
  if (host === undefined) return ''
  return printable(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}
