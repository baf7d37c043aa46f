import type { Moment } from '../protocol.js'
import { noTotals, type Totals } from './totals.js'

/** Five minutes, with one moment per second. */
const MAX_MOMENTS = 300
const MOMENT_MS = 1000

/** Keeps the rates of the last minutes, computed from totals that only grow. */
export class History {
  readonly #moments: Moment[] = []
  #before: Totals
  #time: number

  constructor(totals: Totals, now: number) {
    this.#before = totals
    this.#time = now
  }

  /** The oldest first. */
  get moments(): readonly Moment[] {
    return this.#moments
  }

  /** Adds a moment with the counts since the last one, if that is a second ago. */
  add(totals: Totals, now: number): Moment | undefined {
    const seconds = (now - this.#time) / 1000
    if (now - this.#time < MOMENT_MS) return undefined
    const rates = noTotals()
    for (const key of ['delivered', 'received', 'sent', 'dropped'] as const)
      rates[key] = Math.max(0, (totals[key] - this.#before[key]) / seconds)
    const moment = { time: now, ...rates }
    this.#before = totals
    this.#time = now
    this.#moments.push(moment)
    if (this.#moments.length > MAX_MOMENTS) this.#moments.shift()
    return moment
  }
}
