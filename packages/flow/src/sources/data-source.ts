import { Component, type Control, type Main, Outbox } from '@udpng/core'
import { badOption } from '@udpng/core/options'

/** Maximum number of items per step: then other components get their turn. */
const ITEMS_PER_STEP = 64

/**
 * Sends the items of an iterable on `outbox`, in order, then producerFinished on `signal`, and ends.
 *
 * It takes an item only if there is room for it: while `outbox` is full it waits, so an endless
 * generator works like a list. Unlinked, it sends all items, which are discarded.
 *
 * On shutdownMicroprocess it ends at once and closes the iterator. producerFinished has no effect: it is itself the producer.
 *
 * @example
 * await new Pipeline(new DataSource(['one\n', 'two\n']), new ConsoleEchoer()).run()
 *
 * @see Kamaelia.Util.DataSource
 */
// Any type; `[]` makes the compiler infer [string, number] for ['localhost', 1500], not an array.
// biome-ignore lint/complexity/noBannedTypes: a type parameter that extends unknown cannot say this
export class DataSource<T extends {} | null | undefined | []> extends Component {
  readonly outbox: Outbox<T> = new Outbox('Items, in order')
  readonly #items: Iterable<T>

  /**
   * @param items - any iterable: it is read while the component runs, and not changed
   * @throws {UdpngError} `BAD_OPTION` for a value that is not iterable
   */
  constructor(items: Iterable<T>) {
    super()
    if (!isIterable(items))
      throw badOption(
        'create DataSource',
        'items',
        items,
        'an iterable, such as an array or a generator',
      )
    this.#items = items
  }

  override *main(): Main {
    let sent = 0
    let stop = yield* this.#untilRoom()
    if (stop) return stop
    for (const item of this.#items) {
      this.outbox.send(item)
      if (++sent % ITEMS_PER_STEP > 0 && !this.outbox.full) continue
      yield
      stop = yield* this.#untilRoom()
      if (stop) return stop
    }
  }

  /** Waits for room; returns a shutdownMicroprocess if one comes first. */
  *#untilRoom(): Generator<undefined, Control | undefined, void> {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (!this.outbox.full) return undefined
      yield this.pause()
    }
  }
}

function isIterable(value: unknown): boolean {
  try {
    return typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function'
  } catch {
    return false // its own code threw
  }
}
