import type { Moment, Picture } from '../../src/protocol.js'
import { ask, Refused } from './ask.js'
import { after, eventsOf, type ServerEvent } from './events.js'
import { mergePatch } from './merge-patch.js'
import { type Rates, ratesBetween } from './rates.js'
import { SERIES_SECONDS, SeriesBook } from './series.js'
import { allOver } from './state.js'

/** `ended`: all components have. `refused`: the server answers, and does not let this page in. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'refused' | 'ended'

/** All that is known of a running system now. */
export interface Known {
  readonly connection: Connection
  /** Why the server refuses, in its words. */
  readonly refusal: string | undefined
  readonly picture: Picture | undefined
  readonly rates: Rates
  readonly moments: readonly Moment[]
  readonly series: SeriesBook
}

/** Rates are means over this window: with a shorter one they jump with every timer of the program. */
const WINDOW_MS = 2000
const RETRY_MS = 1000
const REFUSED_RETRY_MS = 5000

/** Follows a running system, and calls `changed` with every update. Reconnects by itself. */
export class LiveSystem {
  #known: Known = {
    connection: 'connecting',
    refusal: undefined,
    picture: undefined,
    rates: new Map(),
    moments: [],
    series: new SeriesBook(),
  }
  /** The pictures of the last seconds, oldest first; what did not change is one object in all of them. */
  #window: Picture[] = []
  /** The start of the current second. */
  #second: Picture | undefined
  readonly #closing = new AbortController()
  readonly #changed: (known: Known) => void

  constructor(changed: (known: Known) => void) {
    this.#changed = changed
  }

  get known(): Known {
    return this.#known
  }

  /** Follows it until `close`. */
  async open(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      let refusal: string | undefined
      try {
        for await (const event of eventsOf('events', {}, signal)) this.#handle(event)
      } catch (error) {
        if (error instanceof Refused) refusal = error.message
      }
      if (signal.aborted) return
      if (this.#known.connection !== 'ended')
        this.#update({ connection: refusal === undefined ? 'reconnecting' : 'refused', refusal })
      await after(refusal === undefined ? RETRY_MS : REFUSED_RETRY_MS, signal)
    }
  }

  close(): void {
    this.#closing.abort()
  }

  #handle({ event, data }: ServerEvent): void {
    if (event === 'picture') {
      this.#window = []
      this.#second = undefined
      void this.#fetchHistory()
      this.#see(data as Picture)
    } else if (event === 'change') this.#see(mergePatch(this.#known.picture, data) as Picture)
    else if (event === 'moment')
      this.#update({ moments: joined(this.#known.moments, [data as Moment]) })
  }

  #see(picture: Picture): void {
    const { rates, series } = this.#known
    this.#window.push(picture)
    while ((this.#window[1]?.time ?? Infinity) <= picture.time - WINDOW_MS) this.#window.shift()
    this.#second ??= picture
    if (picture.time - this.#second.time >= 1000) {
      series.add(picture.time, ratesBetween(this.#second, picture))
      this.#second = picture
    }
    this.#update({
      connection: allOver(picture) ? 'ended' : 'live',
      picture,
      rates: ratesBetween(this.#window[0] ?? picture, picture, rates),
    })
  }

  /** Loads the history from before this page was opened, or while it was not connected. */
  async #fetchHistory(): Promise<void> {
    try {
      const history = (await (await ask('history')).json()) as Moment[]
      this.#update({ moments: joined(history, this.#known.moments) })
    } catch {
      // The chart begins now, then; that the server cannot be reached is reported by the events.
    }
  }

  #update(news: Partial<Known>): void {
    this.#known = { ...this.#known, ...news }
    this.#changed(this.#known)
  }
}

/** The later ones follow the earlier ones, as far as they are later; and what is too old is left out. */
function joined(earlier: readonly Moment[], later: readonly Moment[]): readonly Moment[] {
  const last = earlier.at(-1)?.time ?? 0
  const all = [...earlier, ...later.filter(({ time }) => time > last)]
  const oldest = (all.at(-1)?.time ?? 0) - SERIES_SECONDS * 1000
  return all.filter(({ time }) => time > oldest)
}
