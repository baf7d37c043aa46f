import { grouped, plural } from '../options/quantities.js'
import { type Losses, reasons, since, total } from './losses.js'
import type { Notes } from './notes.js'

/** Interval between two readings, if they are cheap. */
const INTERVAL_MS = 1000
/** After a look it rests for this multiple of what that took: 2 % of a processor at most. */
const REST = 50
/** A longer interval is written with its length and a rate: the program was busy, or the look is costly. */
const LONG_INTERVAL_MS = 1250

/**
 * Writes what a service drops while it runs: a line a second at most, only when more was dropped since the last one, and
 * one when it is over. Where the losses of a large system take long to add up, it looks less often.
 *
 * @example
 * 1 204 datagrams lost in the last second: 1 200 dropped by the kernel, 4 not read
 */
export class LossLines {
  readonly #notes: Notes
  readonly #losses: () => Losses
  #timer: NodeJS.Timeout | undefined
  /** All losses when it last looked, and when that was. */
  #before: Losses | undefined
  #lookedAt = 0
  /** The current period of losses: their number and its start. */
  #lost = 0
  #since: number | undefined

  /** @param losses - the losses so far, by reason; asked once a second at most */
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

  /** @param cost - milliseconds that the last look took */
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
