import type { Microprocess } from './microprocess.js'

/** Orders the awake components in cycles: each steps once per cycle, in activation order. */
export class RunQueue {
  /** The rest of the current cycle, last first. */
  #cycle: Microprocess[] = []
  #next: Microprocess[] = []

  /** Adds a component that is awake: it steps in the next cycle. */
  add(process: Microprocess): void {
    this.#next.push(process)
  }

  /** Whether the current cycle has a further step. */
  get inCycle(): boolean {
    return this.#cycle.length > 0
  }

  /** Whether there is a next step. Begins the next cycle if the current one is done. */
  ready(): boolean {
    if (this.#cycle.length === 0)
      [this.#cycle, this.#next] = [this.#next.sort((a, b) => b.id - a.id), this.#cycle]
    return this.#cycle.length > 0
  }

  /** Takes the component that steps next. Call it only if `ready`. */
  take(): Microprocess {
    return this.#cycle.pop() as Microprocess
  }

  clear(): void {
    this.#cycle.length = this.#next.length = 0
  }
}
