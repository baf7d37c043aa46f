import type { Microprocess } from './microprocess.js'

/** The components that are awake, in cycles: each steps once per cycle, in the order of activation. */
export class RunQueue {
  /** The rest of the cycle under way, last first. */
  #cycle: Microprocess[] = []
  #next: Microprocess[] = []

  /** A component is awake: it steps in the next cycle. */
  add(process: Microprocess): void {
    this.#next.push(process)
  }

  /** Whether the cycle under way has a further step. */
  get inCycle(): boolean {
    return this.#cycle.length > 0
  }

  /** Whether there is a next step; begins the next cycle when the present one is done. */
  ready(): boolean {
    if (this.#cycle.length === 0)
      [this.#cycle, this.#next] = [this.#next.sort((a, b) => b.id - a.id), this.#cycle]
    return this.#cycle.length > 0
  }

  /** Takes the component whose turn it is. Call it only when `ready`. */
  take(): Microprocess {
    return this.#cycle.pop() as Microprocess
  }

  clear(): void {
    this.#cycle.length = this.#next.length = 0
  }
}
