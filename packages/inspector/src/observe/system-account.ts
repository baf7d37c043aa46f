import type { Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { AccountPicture } from '../protocol.js'
import { attempt } from './attempt.js'
import { boundsOf, dropsOf, finite } from './own-figures.js'

/** Minimum pause after a reading, as a multiple of its duration: at most 2 % of a processor. */
const REST = 50

/** Reads the account of a whole system, including hidden and ended components, as often as its cost allows. */
export class SystemAccount {
  readonly #scheduler: Scheduler
  #last: AccountPicture = NOTHING
  #readAt = 0
  /** Earliest time of the next reading. */
  #rested = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /**
   * Returns the account, which may be of an earlier sample: then it has the time of the reading.
   *
   * @param now - milliseconds since 1970
   */
  at(now: number): AccountPicture {
    const began = performance.now()
    if (began >= this.#rested) {
      this.#last = this.#read() ?? this.#last
      this.#readAt = now
      const ended = performance.now()
      this.#rested = ended + REST * (ended - began)
    }
    return this.#readAt < now ? { ...this.#last, readAt: this.#readAt } : this.#last
  }

  #read(): AccountPicture | undefined {
    const account = attempt(() => accountOf(this.#scheduler))
    if (!account) return undefined
    const { dropped, kernelDrops, refused } = account
    return {
      entered: finite(account.entered),
      consumed: finite(account.consumed),
      waiting: finite(account.waiting),
      dropped: dropsOf(Object.entries(dropped).map(([reason, count]) => [reason, finite(count)])),
      unaccounted: finite(account.unaccounted),
      complete: account.complete === true,
      ...(kernelDrops && { kernelDrops: boundsOf((key) => finite(kernelDrops[key])) }),
      ...(refused !== undefined && { refused: finite(refused) }),
    }
  }
}

const NOTHING: AccountPicture = {
  entered: 0,
  consumed: 0,
  waiting: 0,
  dropped: {},
  unaccounted: 0,
  complete: true,
}
