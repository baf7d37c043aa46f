/** Where decisions come from. */
export interface Decisions {
  /** A whole number from 0 to `below` - 1. */
  roll(below: number): number
}

/** Decisions that follow from a seed (mulberry32). */
export class Random implements Decisions {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** One of these. */
export function oneOf<T>(decisions: Decisions, list: readonly T[]): T {
  return list[decisions.roll(list.length)] as T
}
