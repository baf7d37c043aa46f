import type { DatagramCounts } from '../protocol.js'

/**
 * Returns the datagrams that a component received from the network and sent to it; undefined if it has no socket. A component that
 * counts bytes as well as datagrams has one; others, such as `Sessions`, count datagrams that peers have already counted.
 */
export function datagramsOf(
  stats: Readonly<Record<string, number>> | undefined,
): DatagramCounts | undefined {
  if (stats?.['sentBytes'] === undefined && stats?.['receivedBytes'] === undefined) return undefined
  const count = (way: 'received' | 'sent'): number =>
    stats[`${way}Bytes`] === undefined ? 0 : (stats[way] ?? 0)
  return { received: count('received'), sent: count('sent') }
}
