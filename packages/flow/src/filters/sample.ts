import { checkOptions, type OptionTable, whole } from '@udpng/core/options'
import { Transformer } from '../transforms/transformer.js'

/** Options of a Sample. */
export interface SampleOptions {
  /** One message in this number passes: a whole number >= 1. */
  readonly every: number
}

const OPTIONS = {
  every: {
    kind: whole,
    min: 1,
    required: true,
  },
} as const satisfies OptionTable<SampleOptions>

/**
 * Passes on the first message, and every `every`th message after it. The others are dropped and counted in `filtered`.
 *
 * @example
 * const oneInTen = new Sample({ every: 10 })
 */
export class Sample<T> extends Transformer<T, T> {
  /**
   * @param options.every - one message in this number passes: a whole number >= 1
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: SampleOptions) {
    const { every } = checkOptions('create Sample', OPTIONS, options)
    let count = 0
    super((message) => (count++ % every === 0 ? message : undefined))
  }
}
