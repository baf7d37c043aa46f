import { type Address, isAddress } from './address.js'
import { isBytes } from './bytes.js'
import { membersOf } from './members-of.js'

/**
 * A received datagram: its payload and its sender, whose host is an IP literal. On an IPv6 socket an IPv4 sender is
 * `::ffff:192.0.2.1`, to which that socket can reply. The payload has an ArrayBuffer of its own: keep it, post it to a
 * worker or transfer it; no other datagram changes.
 */
export type Datagram = readonly [data: Buffer, from: Address]

/** Returns whether a value is `[data, [host, port]]`: a Uint8Array and an `Address`. Never throws. */
export function isDatagram(value: unknown): value is readonly [data: Uint8Array, from: Address] {
  const [data, from] = membersOf(value, 2) ?? []
  return isBytes(data) && isAddress(from)
}
