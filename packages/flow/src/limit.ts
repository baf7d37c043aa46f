import { type Clock, type Main, systemClock } from '@udpng/core'
import { Transformer } from './transformer.js'

/**
 * Passes on at most so many messages a second, and drops the others. What was not used is kept for a burst, up to one
 * second's worth.
 */
export class Limit<T> extends Transformer<T, T> {
  readonly #allowance: Allowance

  /** @param options.perSecond - messages a second: a number > 0 */
  constructor({ perSecond }: { readonly perSecond: number }) {
    const allowance = new Allowance(perSecond)
    super((message) => (allowance.take() ? message : undefined))
    this.#allowance = allowance
  }

  override main(): Main {
    this.#allowance.clock = this.scheduler.clock
    return super.main()
  }
}

/** How many may pass now: it fills up with time. */
class Allowance {
  clock: Clock = systemClock
  readonly #perSecond: number
  readonly #most: number
  #left: number
  #at: number | undefined

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#most = Math.max(1, perSecond)
    this.#left = this.#most
  }

  take(): boolean {
    const now = this.clock.now()
    const passed = now - (this.#at ?? now)
    this.#at = now
    this.#left = Math.min(this.#most, this.#left + (passed * this.#perSecond) / 1000)
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
