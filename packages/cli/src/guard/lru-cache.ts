/** Maximum number of records in one generation; two generations are kept. */
const GENERATION = 2048
/** Age of a generation at which the next one begins, milliseconds. */
const GENERATION_MS = 10_000

/** Creates the record of a key; `before` is its record of the generation before, if there is one. */
type Make<Value> = (key: string, now: number, before: Value | undefined) => Value

/** At most 4096 records of the keys used last, each created again after ten seconds. O(1). */
export class LruCache<Value> {
  readonly #make: Make<Value>
  #recent = new Map<string, Value>()
  #older = new Map<string, Value>()
  #began = -Infinity

  constructor(make: Make<Value>) {
    this.#make = make
  }

  /** Returns the record of a key, at time `now` in milliseconds. */
  of(key: string, now: number): Value {
    if (this.#recent.size >= GENERATION || now - this.#began > GENERATION_MS) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#began = now
    }
    const known = this.#recent.get(key)
    if (known !== undefined) return known
    const value = this.#make(key, now, this.#older.get(key))
    this.#recent.set(key, value)
    return value
  }
}
