import type { Bounds } from './stats.js'

/** Makes bounds of a count that is exact: all three are equal. */
export function exactly(count: number): Bounds {
  return { atLeast: count, atMost: count, about: count }
}

/** Adds bounds up; what is undefined is not known, and adds nothing. */
export function sumOfBounds(all: readonly (Bounds | undefined)[]): Bounds {
  let [atLeast, atMost, about] = [0, 0, 0]
  for (const bounds of all) {
    if (!bounds) continue
    atLeast += bounds.atLeast
    atMost += bounds.atMost
    about += bounds.about
  }
  return { atLeast, atMost, about }
}
