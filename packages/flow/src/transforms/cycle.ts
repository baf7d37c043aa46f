import { checkOptions, type OptionTable } from '@udpng/core/options'
import { Transformer } from './transformer.js'

/** Options of a Cycle. */
export interface CycleOptions<T> {
  /** The messages to send: at least one. */
  readonly items: readonly T[]
}

const OPTIONS = {
  items: {
    kind: {
      accepts: (value) => Array.isArray(value) && value.length > 0,
      must: () => 'a list of at least one item',
    },
    required: true,
  },
} as const satisfies OptionTable<CycleOptions<unknown>>

/**
 * Sends the next item of a list for each message, whatever the message is; after the last item, the first again.
 * After a Ticker, it sends an item at each interval.
 *
 * @example
 * const targets = new Cycle({ items: [['192.0.2.1', 1500], ['192.0.2.2', 1500]] })
 */
export class Cycle<T> extends Transformer<unknown, T> {
  /**
   * @param options.items - the messages to send: at least one
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: CycleOptions<T>) {
    const items = [...checkOptions<CycleOptions<T>>('create Cycle', OPTIONS, options).items]
    let next = 0
    super(() => items[next++ % items.length])
  }
}
