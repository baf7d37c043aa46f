import { Random as Generator } from '@udpng/simulation'

/** Where decisions come from. */
export interface Decisions {
  /** A whole number from 0 to `below` - 1. */
  roll(below: number): number
}

/** Decisions that follow from a seed. */
export class Random implements Decisions {
  readonly #generator: Generator

  constructor(seed: number) {
    this.#generator = new Generator(seed)
  }

  roll(below: number): number {
    return this.#generator.below(below)
  }
}

/** One of these. */
export function oneOf<T>(decisions: Decisions, list: readonly T[]): T {
  return list[decisions.roll(list.length)] as T
}
