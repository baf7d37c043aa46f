import { Transformer } from './transformer.js'

/** Sends the next item of a list for each message, whatever it is; after the last comes the first. */
export class Cycle<T> extends Transformer<unknown, T> {
  /** @param options.items - one or more */
  constructor({ items }: { readonly items: readonly T[] }) {
    let next = 0
    super(() => items[next++ % items.length])
  }
}
