import { UdpngError } from '@udpng/core'
import { checkOptions, type Kind, type OptionTable } from '@udpng/core/options'
import { payloadOf } from '@udpng/datagram'
import { Transformer } from '../transforms/transformer.js'

/** Options of a Filter: at least one is required. */
export interface FilterOptions {
  /** Only messages whose payload contains this text pass (default: any). */
  readonly contains?: string
  /** Messages whose payload contains this text do not pass (default: none). */
  readonly except?: string
}

const someText: Kind = {
  accepts: (value) => typeof value === 'string' && value !== '',
  must: () => 'a string that is not empty',
}
const OPTIONS = {
  contains: {
    kind: someText,
  },
  except: {
    kind: someText,
  },
} as const satisfies OptionTable<FilterOptions>

/**
 * Passes on messages whose payload contains one text and does not contain another: datagrams, letters, text and bytes, the
 * same objects. Other messages, including those without a payload, are dropped and counted in `filtered`.
 *
 * Texts are compared as UTF-8 bytes; case matters. Regular expressions are not supported: any sender could send a
 * datagram on which a bad one takes minutes.
 *
 * @example
 * const errors = new Filter({ contains: 'error', except: 'debug' })
 */
export class Filter<T> extends Transformer<T, T> {
  /**
   * @param options.contains - only messages whose payload contains this text pass (default: any)
   * @param options.except - messages whose payload contains this text do not pass (default: none)
   * @throws {UdpngError} `BAD_OPTION` without either, for an empty text, and for an unknown option
   */
  constructor(options: FilterOptions) {
    const { contains, except } = checkOptions<FilterOptions>('create Filter', OPTIONS, options)
    if (contains === undefined && except === undefined)
      throw new UdpngError('BAD_OPTION', 'cannot create Filter: it needs contains, except or both')
    super((message) => {
      const data = payloadOf(message)
      if (data === undefined) return undefined
      const bytes = Buffer.from(data as string)
      if (contains !== undefined && !bytes.includes(contains)) return undefined
      return except !== undefined && bytes.includes(except) ? undefined : message
    })
  }
}
