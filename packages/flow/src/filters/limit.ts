import { type Clock, type Main, systemClock } from '@udpng/core'
import { checkOptions, type OptionTable, positive } from '@udpng/core/options'
import { Transformer } from '../transforms/transformer.js'

/** Options of a Limit. */
export interface LimitOptions {
  /** Messages a second: a finite number > 0. */
  readonly perSecond: number
}

const OPTIONS = {
  perSecond: { kind: positive, unit: 'messages', required: true, text: 'messages a second' },
} as const satisfies OptionTable<LimitOptions>

/**
 * Passes on at most `perSecond` messages a second, and drops the others: they are counted in `filtered`. What was not used is kept for a
 * burst, at most one second's worth. To slow a producer down without dropping anything, use `Pace`.
 *
 * Time is that of the scheduler's clock.
 *
 * @example
 * const calm = new Limit({ perSecond: 100 })
 */
export class Limit<T> extends Transformer<T, T> {
  readonly #allowance: Allowance

  /**
   * @param options.perSecond - messages a second: a finite number > 0
   * @throws {UdpngError} `BAD_OPTION` for anything else, and for an unknown option
   */
  constructor(options: LimitOptions) {
    const allowance = new Allowance(checkOptions('create Limit', OPTIONS, options).perSecond)
    super((message) => (allowance.take() ? message : undefined))
    this.#allowance = allowance
  }

  override main(): Main {
    this.#allowance.clock = this.scheduler.clock
    return super.main()
  }
}

/** The number of messages that may pass now: it grows with time. */
class Allowance {
  clock: Clock = systemClock
  readonly #perSecond: number
  readonly #max: number
  #left: number
  #at: number | undefined

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#max = Math.max(1, perSecond)
    this.#left = this.#max
  }

  take(): boolean {
    const now = this.clock.now()
    const passed = now - (this.#at ?? now)
    this.#at = now
    this.#left = Math.min(this.#max, this.#left + (passed * this.#perSecond) / 1000)
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
