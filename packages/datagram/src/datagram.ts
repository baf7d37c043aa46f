import { type Address, isAddress } from './address.js'
import { isBytes } from './bytes.js'
import { type DatagramDetails, isDetails } from './datagram-details.js'
import { membersOf } from './members-of.js'

/**
 * A received datagram: its payload and its sender, whose host is an IP literal. On an IPv6 socket an IPv4 sender is
 * `::ffff:192.0.2.1`, to which that socket can reply. The payload has an ArrayBuffer of its own: keep it, post it to a
 * worker or transfer it; no other datagram changes. A peer with the option `details` adds the details.
 */
export type Datagram = readonly [data: Buffer, from: Address, details?: DatagramDetails]

/**
 * Returns whether a value is `[data, [host, port]]`, with or without details: a Uint8Array, an `Address`, and
 * `DatagramDetails`. Never throws.
 */
export function isDatagram(
  value: unknown,
): value is readonly [data: Uint8Array, from: Address, details?: DatagramDetails] {
  const [data, from, details] = membersOf(value, 2, 3) ?? []
  return isBytes(data) && isAddress(from) && (details === undefined || isDetails(details))
}
