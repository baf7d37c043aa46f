import type { Moment, Picture } from '../../src/protocol.js'
import { addressOf } from './address.js'
import { mergePatch } from './merge-patch.js'
import { type Rates, ratesBetween } from './rates.js'
import { SERIES_SECONDS, SeriesBook } from './series.js'
import { allOver } from './state.js'

/** `ended`: all components have. `refused`: the server answers, and does not let this page in. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'refused' | 'ended'

/** All that is known of a running system now. */
export interface Known {
  readonly connection: Connection
  readonly picture: Picture | undefined
  readonly rates: Rates
  readonly moments: readonly Moment[]
  readonly series: SeriesBook
}

/** Rates are means over so long: shorter, and they jump with every timer of the program. */
const WINDOW_MS = 2000
const REFUSED_RETRY_MS = 5000

/** Follows a running system, and tells `changed` whenever more is known. Connects again by itself. */
export class LiveSystem {
  #known: Known = {
    connection: 'connecting',
    picture: undefined,
    rates: new Map(),
    moments: [],
    series: new SeriesBook(),
  }
  /** The pictures of the last seconds, oldest first; what did not change is one object in all of them. */
  #window: Picture[] = []
  /** Where the second that is under way began. */
  #second: Picture | undefined
  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #changed: (known: Known) => void

  constructor(changed: (known: Known) => void) {
    this.#changed = changed
  }

  get known(): Known {
    return this.#known
  }

  open(): void {
    const source = new EventSource(addressOf('events'))
    this.#source = source
    source.addEventListener('picture', ({ data }: MessageEvent<string>) => {
      this.#window = []
      this.#second = undefined
      void this.#fetchHistory()
      this.#see(JSON.parse(data) as Picture)
    })
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      this.#see(mergePatch(this.#known.picture, JSON.parse(data)) as Picture)
    })
    source.addEventListener('moment', ({ data }: MessageEvent<string>) => {
      this.#tell({ moments: joined(this.#known.moments, [JSON.parse(data) as Moment]) })
    })
    source.addEventListener('error', () => {
      if (this.#known.connection === 'ended') return
      const refused = source.readyState === EventSource.CLOSED
      this.#tell({ connection: refused ? 'refused' : 'reconnecting' })
      if (refused) this.#retry = setTimeout(() => this.open(), REFUSED_RETRY_MS)
    })
  }

  close(): void {
    this.#source?.close()
    clearTimeout(this.#retry)
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
    this.#tell({
      connection: allOver(picture) ? 'ended' : 'live',
      picture,
      rates: ratesBetween(this.#window[0] ?? picture, picture, rates),
    })
  }

  /** What happened before this page was opened, or while it could not hear. */
  async #fetchHistory(): Promise<void> {
    try {
      const response = await fetch(addressOf('history'))
      if (!response.ok) return
      const history = (await response.json()) as Moment[]
      this.#tell({ moments: joined(history, this.#known.moments) })
    } catch {
      // The chart begins now, then; that the server cannot be reached is told by the events.
    }
  }

  #tell(news: Partial<Known>): void {
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
