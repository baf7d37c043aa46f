/** An item with the time at which it is due. */
export interface Entry<T> {
  readonly due: number
  /** Number of the insertion: the order of entries with the same time. */
  readonly order: number
  readonly item: T
}

/** Entries in the order of their time (a binary heap). */
export class Agenda<T> {
  /** The first entry is due next. */
  readonly #heap: Entry<T>[] = []
  #order = 0

  get length(): number {
    return this.#heap.length
  }

  /** Number of insertions so far: the order of the next entry. */
  get count(): number {
    return this.#order
  }

  /** The entry that is due next; undefined if there is none. */
  get first(): Entry<T> | undefined {
    return this.#heap[0]
  }

  add(due: number, item: T): void {
    this.#push({ due, order: this.#order++, item })
  }

  /** Takes the entry that is due next. */
  take(): Entry<T> | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry<T>, heap[child] as Entry<T>))
        child++
      if (isBefore(last, heap[child] as Entry<T>)) break
      heap[at] = heap[child] as Entry<T>
      at = child
    }
    heap[at] = last
    return first
  }

  /** Removes all entries whose item is no longer wanted. */
  keep(isWanted: (item: T) => boolean): void {
    for (const entry of this.#heap.splice(0)) if (isWanted(entry.item)) this.#push(entry)
  }

  #push(entry: Entry<T>): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent] as Entry<T>, entry)) break
      heap[at] = heap[parent] as Entry<T>
      at = parent
    }
    heap[at] = entry
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}
