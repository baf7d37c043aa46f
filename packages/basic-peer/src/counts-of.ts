import type { Counts } from '@udpng/core'
import type { Bounds, PeerStats } from './stats.js'

/** Inputs of `countsOf` in addition to the counters. */
interface Situation {
  /** Messages that came through no inbox. */
  readonly unasked: number
  /** Messages taken and not sent yet. */
  readonly waiting: number
  /** Whether it has an `outbox`. */
  readonly receives: boolean
  readonly kernelDrops: Bounds | undefined
}

/**
 * Returns the counts of a peer: datagrams that arrived have `entered`, datagrams that the system accepted are `consumed`. A peer
 * without an `outbox` does not count datagrams that arrive.
 */
export function countsOf(stats: PeerStats, situation: Situation): Counts {
  // Without rest properties, which make this take four times as long.
  const { received, receiveErrors, sent, failed, dropped, refused } = stats
  const { unsent, lookupQueueFull, unread, readBufferFull, foreign } = dropped
  const { unasked, waiting, receives, kernelDrops } = situation
  if (!receives)
    return {
      entered: unasked,
      consumed: sent,
      sent,
      refused,
      waiting,
      dropped: { ...failed, unsent, lookupQueueFull },
    }
  return {
    entered: unasked + received + unread + readBufferFull + foreign,
    consumed: sent,
    sent,
    refused,
    waiting,
    dropped: { ...failed, ...dropped },
    received,
    kernelDrops,
    // The losses of a failed read are not known.
    complete: kernelDrops !== undefined && receiveErrors === 0,
  }
}
