import { UdpngError } from '@udpng/core'
import { payloadOf } from './payload-of.js'
import { Transformer } from './transformer.js'

/** Passes on the messages whose data contains one text and does not contain another. */
export class Filter<T> extends Transformer<T, T> {
  /**
   * @param options.contains - only what has this in it passes (default: everything)
   * @param options.except - nothing that has this in it passes (default: nothing is held back)
   * @throws {UdpngError} `BAD_OPTION` without either
   */
  constructor({ contains, except }: { readonly contains?: string; readonly except?: string } = {}) {
    if (contains === undefined && except === undefined)
      throw new UdpngError('BAD_OPTION', 'a Filter needs contains, or except, or both')
    super((message) => {
      const data = payloadOf(message)
      if (data === undefined) return undefined
      const bytes = Buffer.from(data as string)
      if (contains !== undefined && !bytes.includes(contains)) return undefined
      return except !== undefined && bytes.includes(except) ? undefined : message
    })
  }
}
