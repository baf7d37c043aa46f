import type { PeerStats, TransportChoice } from '@udpng/basic-peer'

/** Where datagrams have gone, between those who sent them and those who received them. */
export interface Account {
  readonly sent: number
  readonly received: number
  /** What was dropped on arrival, by reason. */
  readonly dropped: Readonly<Record<'unread' | 'readBufferFull' | 'kernel', number>>
  /** Of the sent ones, those that nobody knows about; below 0, more came than were sent. */
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
    kernel: sum(receivers, (stats) => stats.kernelDrops ?? 0),
  }
  const known = received + dropped.unread + dropped.readBufferFull + dropped.kernel
  return { sent, received, dropped, missing: sent - known }
}

/** So many datagrams the kernel may drop together, and count as one, with this transport: those that it put together. */
export function mostTogether(transport: TransportChoice): number {
  return (typeof transport === 'string' ? transport : transport.name) === 'dgram' ? 1 : 64
}

/**
 * What does not add up, as a text; undefined when all does.
 *
 * @param together - so many datagrams the kernel may drop together, and count as one (default 1)
 */
export function discrepancy(account: Account, together = 1): string | undefined {
  const { missing, dropped } = account
  if (missing >= 0 && missing <= dropped.kernel * (together - 1)) return undefined
  return `${missing} are missing: ${statement(account)}`
}

/** The account as a sum. */
export function statement({ sent, received, dropped }: Account): string {
  const { unread, readBufferFull, kernel } = dropped
  return (
    `${sent} sent = ${received} received + ${kernel} dropped by the kernel + ` +
    `${readBufferFull} that found the read buffer full + ${unread} unread`
  )
}

/** Of so many messages that were put in the inbox of a peer that has ended, those of which nobody knows what became. */
export function unaccounted(put: number, { sent, failed, dropped }: Readonly<PeerStats>): number {
  const refused = Object.values(failed).reduce((total, count) => total + count, 0)
  return put - sent - refused - dropped.unsent - dropped.lookupQueueFull
}
