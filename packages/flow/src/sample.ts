import { COUNT, checkOptions } from './check-options.js'
import { Transformer } from './transformer.js'

/** Options of a Sample. */
export interface SampleOptions {
  /** One message of this number of messages passes: a whole number >= 1. */
  readonly every: number
}

/**
 * Passes on the first message, and every `every`th after it. The others are dropped and counted in `filtered`.
 *
 * @example
 * const oneInTen = new Sample({ every: 10 })
 */
export class Sample<T> extends Transformer<T, T> {
  /**
   * @param options.every - one message of this number of messages passes: a whole number >= 1
   * @throws {UdpngError} `BAD_OPTION` for anything else, and for an unknown option
   */
  constructor(options: SampleOptions) {
    checkOptions('Sample', options, { every: COUNT })
    const { every } = options
    let count = 0
    super((message) => (count++ % every === 0 ? message : undefined))
  }
}
