import { type Losses, reasons, since, total } from './losses.js'
import type { Notes } from './notes.js'
import { grouped, plural } from './quantities.js'

/** How often it looks. */
const INTERVAL_MS = 1000
/** An interval that took longer, because the program was busy, is given with its length and a rate. */
const LONG_INTERVAL_MS = 1250

/**
 * Writes what a service drops while it runs: a line a second at most, only when more was dropped since the last one, and
 * one when it is over.
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
  /** Of the losses that go on: how many, and since when. */
  #lost = 0
  #since: number | undefined

  /** @param losses - the losses so far, by reason; asked once a second */
  constructor(notes: Notes, losses: () => Losses) {
    this.#notes = notes
    this.#losses = losses
  }

  start(now: number = performance.now()): void {
    this.#before = this.#losses()
    this.#lookedAt = now
    this.#timer = setInterval(() => this.look(), INTERVAL_MS)
  }

  /** Ends it: the summary has the rest. */
  stop(): void {
    clearInterval(this.#timer)
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
      this.#notes.say(
        `${plural(count, 'datagram')} lost in the last ${span(elapsed, count)}: ${reasons(more).join(', ')}`,
      )
    } else if (this.#since !== undefined) {
      const seconds = Math.max(1, Math.round((began - this.#since) / 1000))
      this.#notes.say(
        `nothing lost in the last second; ${plural(this.#lost, 'datagram')} lost in ${seconds === 1 ? 'the second' : `the ${grouped(seconds)} seconds`} before`,
      )
      this.#since = undefined
      this.#lost = 0
    }
  }
}

function span(elapsed: number, count: number): string {
  if (elapsed < LONG_INTERVAL_MS) return 'second'
  const seconds = elapsed / 1000
  return `${seconds.toFixed(1)} s (${grouped(count / seconds)}/s)`
}
