import { type Clock, type Main, systemClock } from '@udpng/core'
import { checkOptions, type OptionTable, positive } from '@udpng/core/options'
import { Transformer } from '../transforms/transformer.js'

/** Options of a Limit. */
export interface LimitOptions {
  /** Maximum number of messages per second: a finite number > 0. */
  readonly perSecond: number
}

const OPTIONS = {
  perSecond: { kind: positive, unit: 'messages', required: true },
} as const satisfies OptionTable<LimitOptions>

/**
 * Passes on at most `perSecond` messages per second, and drops the others, counted in `filtered`. It is a token bucket: unused
 * messages allow a burst of at most one second's worth. To slow a producer down without drops, use `Pace`.
 *
 * Time comes from the scheduler's clock.
 *
 * @example
 * const calm = new Limit({ perSecond: 100 })
 */
export class Limit<T> extends Transformer<T, T> {
  readonly #allowance: Allowance

  /**
   * @param options.perSecond - maximum number of messages per second: a finite number > 0
   * @throws {UdpngError} `BAD_OPTION` for a missing, invalid or unknown option
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

/** A token bucket: the number of messages that may pass now grows with time. */
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
