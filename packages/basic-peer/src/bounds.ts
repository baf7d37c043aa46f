import type { Bounds } from './stats.js'

/** Returns the bounds of an exact count: all three are equal. */
export function exactly(count: number): Bounds {
  return { atLeast: count, atMost: count, about: count }
}

/** Adds bounds up. Undefined ones are not known, and add nothing. */
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
