import { Transformer } from './transformer.js'

/** Passes on one message of every so many: the first, and each that is `every` after one that passed. */
export class Sample<T> extends Transformer<T, T> {
  /** @param options.every - a whole number >= 1 */
  constructor({ every }: { readonly every: number }) {
    let count = 0
    super((message) => (count++ % every === 0 ? message : undefined))
  }
}
