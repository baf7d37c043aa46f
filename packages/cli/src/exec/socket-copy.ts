import { Component, type Counts, type Main, shutdownMicroprocess } from '@udpng/core'
import type { Address } from '@udpng/datagram'
import type { SocketStats } from '@udpng/dgram'

/** Minimum time for which a copy lives, milliseconds: the inspector looks at it at least once. */
const MIN_LIFE_MS = 500

/** Stands for a socket of another process: the inspector shows it by its address, with its counters. */
export class SocketCopy extends Component {
  readonly address: Address | undefined
  stats: SocketStats
  /** When the counters were read there, milliseconds since 1970. */
  statsReadAt: number
  readonly #began = performance.now()

  constructor(stats: SocketStats, time: number) {
    super()
    this.address = stats.local
    this.stats = stats
    this.statsReadAt = time
  }

  /** Ends it; its counters stay in the account. */
  close(): void {
    const end = (): void => void this.control.deliver(shutdownMicroprocess())
    const early = this.#began + MIN_LIFE_MS - performance.now()
    if (early > 0) setTimeout(end, early).unref()
    else end()
  }

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }

  protected override accounting(): Counts {
    const { received, sent, failed, unsent, unread, refused, kernelDrops, impairment } = this.stats
    const [lostSent, lostReceived] = [lost(impairment?.sent), lost(impairment?.received)]
    const unmade = Object.values(failed).reduce((sum, count) => sum + count, unsent)
    return {
      entered: received + unread + sent + lostSent + unmade,
      consumed: received - lostReceived + sent,
      dropped: { ...failed, unsent, unread, 'lost by --impair': lostSent + lostReceived },
      received,
      sent,
      refused,
      kernelDrops,
      complete: kernelDrops !== undefined,
    }
  }
}

function lost(path: NonNullable<SocketStats['impairment']>['sent'] | undefined): number {
  return Object.values(path?.lost ?? {}).reduce((sum, count) => sum + count, 0)
}
