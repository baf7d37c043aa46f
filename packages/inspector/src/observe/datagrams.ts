import type { DatagramCounts } from '../protocol.js'

/**
 * The datagrams that a component received from the network, and sent to it; undefined when it has no socket. A component that counts bytes beside
 * datagrams has one; others, such as `Sessions`, count what peers have counted already.
 */
export function datagramsOf(
  stats: Readonly<Record<string, number>> | undefined,
): DatagramCounts | undefined {
  if (stats?.['sentBytes'] === undefined && stats?.['receivedBytes'] === undefined) return undefined
  const count = (way: 'received' | 'sent'): number =>
    stats[`${way}Bytes`] === undefined ? 0 : (stats[way] ?? 0)
  return { received: count('received'), sent: count('sent') }
}
