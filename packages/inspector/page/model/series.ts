import type { Rates } from './rates.js'

/** Number of seconds that are kept: the length of the chart. */
export const SERIES_SECONDS = 300

/** The rates of one component, second by second; columns, as the chart wants them. */
export interface Series {
  readonly times: number[]
  readonly in: number[]
  readonly out: number[]
  readonly dropped: number[]
}

/** Remembers how fast each component was in the last minutes, while the page is open. */
export class SeriesBook {
  readonly #series = new Map<string, Series>()

  /** One more second. Those that are gone are forgotten. */
  add(time: number, rates: Rates): void {
    for (const name of this.#series.keys()) if (!rates.has(name)) this.#series.delete(name)
    for (const [name, { in: ins, out, dropped }] of rates) {
      let series = this.#series.get(name)
      if (!series) {
        series = { times: [], in: [], out: [], dropped: [] }
        this.#series.set(name, series)
      }
      series.times.push(time / 1000)
      series.in.push(ins)
      series.out.push(out)
      series.dropped.push(dropped)
      if (series.times.length > SERIES_SECONDS)
        for (const column of Object.values(series) as number[][]) column.shift()
    }
  }

  of(name: string): Series | undefined {
    return this.#series.get(name)
  }
}
