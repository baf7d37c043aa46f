/**
 * An entry of a doubly linked ring, with its holder. It is removed without a search; alone, it is its own neighbour.
 */
export class Place<T> {
  readonly holder: T
  /** The order that it is in. */
  order: Recency<T> | undefined
  older: Place<T | undefined> = this as Place<T | undefined>
  newer: Place<T | undefined> = this as Place<T | undefined>

  constructor(holder: T) {
    this.holder = holder
  }

  /** Leaves the order that it is in, if any. */
  leave(): void {
    if (!this.order) return
    this.order.size--
    this.order = undefined
    this.older.newer = this.newer
    this.newer.older = this.older
    this.older = this.newer = this as Place<T | undefined>
  }
}

/**
 * Keeps holders in the order of use, each operation in O(1). A `Map` also keeps an order, but to find its first entry it
 * passes over the entries deleted before it.
 */
export class Recency<T> {
  /** Number of holders, updated by the places. */
  size = 0
  /** Between the newest and the oldest: the places are a ring. */
  readonly #ends = new Place<T | undefined>(undefined)

  /** The least recently used holder; undefined when there is none. */
  get oldest(): T | undefined {
    return this.#ends.newer.holder
  }

  /** Makes a place the newest, wherever it was before. */
  renew(place: Place<T>): void {
    place.leave()
    const ends = this.#ends
    place.order = this
    place.older = ends.older
    place.newer = ends
    place.older.newer = ends.older = place as Place<T | undefined>
    this.size++
  }
}
