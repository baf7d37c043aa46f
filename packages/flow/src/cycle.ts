import { checkOptions, LIST } from './check-options.js'
import { Transformer } from './transformer.js'

/** Options of a Cycle. */
export interface CycleOptions<T> {
  /** The messages to send: at least one. */
  readonly items: readonly T[]
}

/**
 * Sends the next item of a list for each message that it takes, whatever the message is; after the last item the first.
 * With a Ticker before it, it sends an item at an interval.
 *
 * @example
 * const targets = new Cycle({ items: [['192.0.2.1', 1500], ['192.0.2.2', 1500]] })
 */
export class Cycle<T> extends Transformer<unknown, T> {
  /**
   * @param options.items - the messages to send: at least one
   * @throws {UdpngError} `BAD_OPTION` for anything else, and for an unknown option
   */
  constructor(options: CycleOptions<T>) {
    checkOptions('Cycle', options, { items: LIST })
    const { items } = options
    let next = 0
    super(() => items[next++ % items.length])
  }
}
