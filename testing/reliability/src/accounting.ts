import { type Bounds, type PeerStats, sumOfBounds } from '@udpng/basic-peer'

/** Where datagrams have gone, between those who sent them and those who received them. */
export interface Account {
  readonly sent: number
  readonly received: number
  /** What was dropped on arrival, by reason. */
  readonly dropped: {
    readonly unread: number
    readonly readBufferFull: number
    readonly kernel: Bounds
  }
  /** Of the sent ones, those that are in no count: beyond what the kernel dropped at most; below 0, more came than were sent. */
  readonly missing: number
}

/**
 * States what became of datagrams that can have gone nowhere else: sent = received + dropped + missing.
 *
 * @param senders - the stats of all who sent
 * @param receivers - the stats of all to whom they sent
 */
export function accountOf(
  senders: readonly Readonly<PeerStats>[],
  receivers: readonly Readonly<PeerStats>[],
): Account {
  const sum = (list: readonly Readonly<PeerStats>[], of: (stats: PeerStats) => number): number =>
    list.reduce((total, stats) => total + of(stats), 0)
  const sent = sum(senders, (stats) => stats.sent)
  const received = sum(receivers, (stats) => stats.received)
  const dropped = {
    unread: sum(receivers, (stats) => stats.dropped.unread),
    readBufferFull: sum(receivers, (stats) => stats.dropped.readBufferFull),
    kernel: sumOfBounds(receivers.map((stats) => stats.kernelDrops)),
  }
  const rest = sent - received - dropped.unread - dropped.readBufferFull
  const { atLeast, atMost } = dropped.kernel
  const missing = rest < atLeast ? rest - atLeast : Math.max(0, rest - atMost)
  return { sent, received, dropped, missing }
}

/** What does not add up, as a text; undefined when all does. */
export function discrepancy(account: Account): string | undefined {
  const { missing } = account
  return missing === 0 ? undefined : `${missing} are missing: ${statement(account)}`
}

/** The account as a sum. */
export function statement({ sent, received, dropped }: Account): string {
  const { unread, readBufferFull } = dropped
  const { atLeast, atMost, about } = dropped.kernel
  const kernel = atLeast === atMost ? atLeast : `${atLeast} to ${atMost} (about ${about})`
  return (
    `${sent} sent = ${received} received + ${kernel} dropped by the kernel + ` +
    `${readBufferFull} that found the read buffer full + ${unread} unread`
  )
}

/** Of `count` messages that were put in the inbox of a peer that has ended, those that are unaccounted for. */
export function unaccounted(put: number, { sent, failed, dropped }: Readonly<PeerStats>): number {
  const refused = Object.values(failed).reduce((total, count) => total + count, 0)
  return put - sent - refused - dropped.unsent - dropped.lookupQueueFull
}
