import type { Component } from '@udpng/core'
import { numbersOf } from './numbers.js'
import { type Figures, ownFigures } from './own-figures.js'

/** A reading that takes longer is costly, such as that of a socket on `node:dgram`, which reads a table of the kernel. */
const COSTLY_MS = 0.05
/** Time budget of all costly readings in one sample; one is made in any case, and the first of each component. */
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
  /** Messages that had passed its boxes at the last reading. */
  passed: number
  /** Whether something has passed since. */
  active: boolean
}

/**
 * The `stats` and accounts of components, read again at each look where that is cheap. Where it is costly, only as many are as there is time for:
 * those through which something passed, the longest unread first; all others keep what was read last.
 */
export class Readings {
  readonly #last = new WeakMap<Component, Reading>()
  /** The longest unread first. */
  readonly #costly = new Map<Component, Costly>()
  /** When the time for costly readings is over, in this look. */
  #end = 0
  /** When this look began, milliseconds since 1970. */
  #now = 0

  /**
   * A look begins: reads the costly ones that were left out before, and the one that was not read for longest.
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
      this.#read(component, costly.passed, now)
    }
  }

  /**
   * The numbers of a component, which may be those of an earlier look.
   *
   * @param passed - how much has passed its boxes
   */
  of(component: Component, passed: number): Reading {
    const last = this.#last.get(component)
    const costly = this.#costly.get(component)
    if (!last || !costly) return this.#read(component, passed, this.#now)
    costly.active = passed !== costly.passed
    if (costly.active && performance.now() < this.#end)
      return this.#read(component, passed, this.#now)
    return last
  }

  /** The numbers of a component, read now. */
  read(component: Component, passed: number): Reading {
    return this.#read(component, passed, Date.now())
  }

  #read(component: Component, passed: number, readAt: number): Reading {
    const began = performance.now()
    const reading = { stats: numbersOf(component), figures: ownFigures(component), readAt }
    this.#costly.delete(component)
    if (performance.now() - began > COSTLY_MS)
      this.#costly.set(component, { passed, active: false })
    this.#last.set(component, reading)
    return reading
  }

  /** It has ended. */
  forget(component: Component): void {
    this.#costly.delete(component)
  }
}
