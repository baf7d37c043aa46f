import type { Component } from '@udpng/core'
import { numbersOf } from './numbers.js'
import { type Figures, ownFigures } from './own-figures.js'
import { readElsewhere } from './read-elsewhere.js'

/** A reading that takes longer is costly, milliseconds: such as that of a socket on `node:dgram`, which reads a table of the kernel. */
const COSTLY_MS = 0.05
/** Time budget of all costly readings in one sample, milliseconds; one reading, and the first of each component, is always made. */
const BUDGET_MS = 4

/** The counters of a component. */
export interface Reading {
  readonly stats: Record<string, number> | undefined
  readonly figures: Figures
  /** When it was read, milliseconds since 1970. */
  readonly readAt: number
}

/** The last reading of a component whose numbers are costly. */
interface Costly {
  /** Number of messages that had passed its boxes at the last reading; or the time of the reading elsewhere. */
  progress: number
  /** Whether that has changed since. */
  active: boolean
}

/**
 * Reads the `stats` and accounts of components at each sample, if that is cheap. Of costly ones it reads as many as the budget allows:
 * those with traffic, the longest unread first. The others keep their last reading.
 */
export class Readings {
  readonly #last = new WeakMap<Component, Reading>()
  /** The longest unread first. */
  readonly #costly = new Map<Component, Costly>()
  /** Time at which the budget of this sample ends. */
  #end = 0
  /** Time at which this sample began, milliseconds since 1970. */
  #now = 0

  /**
   * Begins a sample: reads the costly components that were left out before, and the one unread for longest.
   *
   * @param now - milliseconds since 1970
   */
  begin(now: number): void {
    this.#now = now
    this.#end = performance.now() + BUDGET_MS
    let first = true
    for (const [component, costly] of [...this.#costly]) {
      if (!first && !costly.active) continue
      if (!first && performance.now() > this.#end) return
      first = false
      this.#read(component, costly.progress, now)
    }
  }

  /**
   * Returns the numbers of a component, which may be those of an earlier sample.
   *
   * @param passed - the number of messages that have passed its boxes
   */
  of(component: Component, passed: number): Reading {
    const last = this.#last.get(component)
    const costly = this.#costly.get(component)
    // What is read elsewhere has new numbers after each reading there.
    const progress = readElsewhere(component) ?? passed
    if (!last || !costly) return this.#read(component, progress, this.#now)
    costly.active = progress !== costly.progress
    if (costly.active && performance.now() < this.#end)
      return this.#read(component, progress, this.#now)
    return last
  }

  /** Reads the numbers of a component now. */
  read(component: Component, passed: number): Reading {
    return this.#read(component, passed, Date.now())
  }

  #read(component: Component, progress: number, readAt: number): Reading {
    const began = performance.now()
    const reading = {
      stats: numbersOf(component),
      figures: ownFigures(component),
      readAt: Math.min(readAt, readElsewhere(component) ?? readAt),
    }
    this.#costly.delete(component)
    if (performance.now() - began > COSTLY_MS)
      this.#costly.set(component, { progress, active: false })
    this.#last.set(component, reading)
    return reading
  }

  /** Removes an ended component. */
  forget(component: Component): void {
    this.#costly.delete(component)
  }
}
