import type { Microprocess } from './microprocess.js'

/** Gives components their full names, unique among the living ones: `ROOMS/203.0.113.7:4242/PARSE`. */
export class Names {
  /** The names of the living components; for each the last number that another one of that name got. */
  readonly #taken = new Map<string, number>()
  /** Number of components without a given name, by class, for each enclosing named component. */
  readonly #counts = new WeakMap<object, Map<string, number>>()

  /**
   * Returns the name of a component that starts now: the given name, otherwise its class and number, after the names of the
   * enclosing named components. A component without a given name adds nothing to the names of its children. If two would have
   * the same name, the later one gets a number: `PARSE#2`.
   */
  take(process: Microprocess): string {
    const { scope, givenName, className } = process
    const prefix = scope ? `${scope.name}/` : ''
    return this.#free(
      prefix + (givenName ?? `${className}#${this.#count(scope ?? this, className)}`),
    )
  }

  /** A component has ended. */
  release(name: string): void {
    this.#taken.delete(name)
  }

  #count(scope: object, className: string): number {
    const counts = this.#counts.get(scope) ?? new Map<string, number>()
    this.#counts.set(scope, counts)
    const count = (counts.get(className) ?? 0) + 1
    counts.set(className, count)
    return count
  }

  #free(wanted: string): string {
    const last = this.#taken.get(wanted)
    if (last === undefined) {
      this.#taken.set(wanted, 1)
      return wanted
    }
    // From the last number on: thousands may have one name.
    let number = last + 1
    while (this.#taken.has(`${wanted}#${number}`)) number++
    this.#taken.set(wanted, number)
    return this.#free(`${wanted}#${number}`)
  }
}
