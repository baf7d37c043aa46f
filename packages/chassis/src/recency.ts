/**
 * One place in an order, and what holds it. Its neighbours know it, so it is found without a search; alone, it is its
 * own neighbour.
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
 * The holders in the order of use. All of it is O(1): a `Map` keeps an order too, but to find its first entry it passes
 * over those that were deleted before it.
 */
export class Recency<T> {
  /** Holders in it. Places keep it. */
  size = 0
  /** Between the newest and the oldest: the places are a ring. */
  readonly #ends = new Place<T | undefined>(undefined)

  /** The least recently used holder; undefined when there is none. */
  get oldest(): T | undefined {
    return this.#ends.newer.holder
  }

  /** Makes it the newest, wherever it was before. */
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
