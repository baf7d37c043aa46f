import { Component, type Main, Outbox } from '@udpng/core'
import { checkOptions, type OptionTable, positive } from '@udpng/core/options'

/** Options of a Ticker. */
export interface TickerOptions {
  /** Time from one tick to the next, milliseconds: a finite number > 0. */
  readonly intervalMs: number
}

const OPTIONS = {
  intervalMs: {
    kind: positive,
    unit: 'milliseconds',
    required: true,
  },
} as const satisfies OptionTable<TickerOptions>

/**
 * Sends k = 1, 2, 3, ... on `outbox`, each at start + k x interval on the scheduler's clock, without
 * drift.
 *
 * A tick that is due while the scheduler is busy or `outbox` is full is skipped: the
 * numbers then have a gap. There is never a burst.
 *
 * Either shutdown message ends it at once.
 *
 * @example
 * const everySecond = new Ticker({ intervalMs: 1000 })
 */
export class Ticker extends Component {
  readonly outbox: Outbox<number> = new Outbox('Number of each tick, from 1')
  readonly #intervalMs: number

  /**
   * @param options.intervalMs - time from one tick to the next, milliseconds: a finite number > 0
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
   */
  constructor(options: TickerOptions) {
    super()
    this.#intervalMs = checkOptions('create Ticker', OPTIONS, options).intervalMs
  }

  override *main(): Main {
    const { clock } = this.scheduler
    const start = clock.now()
    const dueAt = (tick: number): number => start + tick * this.#intervalMs
    for (let tick = 1; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word) return
      const now = clock.now()
      if (now >= dueAt(tick)) {
        // Rounding must not make the tick that is due not due.
        tick = Math.max(tick, Math.floor((now - start) / this.#intervalMs))
        if (!this.outbox.full) this.outbox.send(tick)
        tick++
      }
      yield this.pause(dueAt(tick) - now)
    }
  }
}
