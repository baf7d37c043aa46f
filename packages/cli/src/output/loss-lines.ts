import { grouped, plural } from '../options/quantities.js'
import { type Losses, reasons, since, total } from './losses.js'
import type { Notes } from './notes.js'

/** Interval between two readings, if they are cheap. */
const INTERVAL_MS = 1000
/** Minimum pause after a reading, as a multiple of its duration: at most 2 % of a processor. */
const REST = 50
/** A longer interval, milliseconds, is written with its length and a rate: the program was busy, or the reading is costly. */
const LONG_INTERVAL_MS = 1250

/**
 * Writes the drops of a service while it runs: at most one line per second, only if more was dropped since the last one, and
 * one line in the first second without a drop. If the losses of a large system take long to add up, it reads them less often.
 *
 * @example
 * 1 204 datagrams lost in the last second: 1 200 dropped by the kernel, 4 not read
 */
export class LossLines {
  readonly #notes: Notes
  readonly #losses: () => Losses
  #timer: NodeJS.Timeout | undefined
  /** All losses at the last reading, and its time. */
  #before: Losses | undefined
  #lookedAt = 0
  /** The current period of losses: their number and its start. */
  #lost = 0
  #since: number | undefined

  /** @param losses - returns the losses so far, by reason; called at most once a second */
  constructor(notes: Notes, losses: () => Losses) {
    this.#notes = notes
    this.#losses = losses
  }

  start(now: number = performance.now()): void {
    const began = performance.now()
    this.#before = this.#losses()
    this.#lookedAt = now
    this.#rest(performance.now() - began)
  }

  /** Ends it: the summary has the rest. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** @param now - milliseconds of a monotonic clock */
  look(now: number = performance.now()): void {
    const losses = this.#losses()
    const more = since(losses, this.#before ?? losses)
    const elapsed = now - this.#lookedAt
    const began = this.#lookedAt
    this.#before = losses
    this.#lookedAt = now
    const count = total(more)
    if (count > 0) {
      this.#since ??= began
      this.#lost += count
      this.#notes.info(
        `${plural(count, 'datagram')} lost in the last ${span(elapsed)}${rate(elapsed, count)}: ${reasons(more).join(', ')}`,
      )
    } else if (this.#since !== undefined) {
      const seconds = Math.max(1, Math.round((began - this.#since) / 1000))
      this.#notes.info(
        `nothing lost in the last ${span(elapsed)}; ${plural(this.#lost, 'datagram')} lost in ${seconds === 1 ? 'the second' : `the ${grouped(seconds)} seconds`} before`,
      )
      this.#since = undefined
      this.#lost = 0
    }
  }

  /** @param cost - duration of the last reading, milliseconds */
  #rest(cost: number): void {
    this.#timer = setTimeout(
      () => {
        const began = performance.now()
        this.look(began)
        this.#rest(performance.now() - began)
      },
      Math.max(INTERVAL_MS, REST * cost),
    )
  }
}

function span(elapsed: number): string {
  return elapsed < LONG_INTERVAL_MS ? 'second' : `${(elapsed / 1000).toFixed(1)} s`
}

function rate(elapsed: number, count: number): string {
  return elapsed < LONG_INTERVAL_MS ? '' : ` (${grouped((count * 1000) / elapsed)}/s)`
}
