import type { Microprocess } from './microprocess.js'

/** Gives components their full names, unique among those that live: `ROOMS/203.0.113.7:4242/PARSE`. */
export class Names {
  /** The names of those that live; for each the last number that another one of that name got. */
  readonly #taken = new Map<string, number>()
  /** How many of each class have no given name, by the named component around them. */
  readonly #counts = new WeakMap<object, Map<string, number>>()

  /**
   * Returns the name of a component that starts now: the given name, or else its class and number, after the names of the named
   * components around it. A component without a given name adds nothing to the names of what it starts. Where two would have
   * the same name, the later one gets a number too: `PARSE#2`.
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
    // From the last one on: thousands may have been given one name.
    let number = last + 1
    while (this.#taken.has(`${wanted}#${number}`)) number++
    this.#taken.set(wanted, number)
    return this.#free(`${wanted}#${number}`)
  }
}
