import type { DatagramDetails, Family } from '@udpng/datagram'
import { LINK, LOOPBACK, literalFor, type Parsed, parse } from './addresses.js'
import type { Packet } from './packet.js'

/** The addresses of a host. */
interface Addresses {
  owns(address: Parsed): boolean
  /** Whether a broadcast to this address reaches it. */
  hears(address: Parsed): boolean
}

/** Returns whether an address is a broadcast address for a host. */
export function isBroadcast(host: Addresses, to: Parsed): boolean {
  return host.hears(to) || to.host === '127.255.255.255'
}

/**
 * Returns the details of a packet that arrives at a host.
 *
 * @param family - that of the socket
 * @param now - the time, milliseconds
 */
export function detailsOf(
  host: Addresses,
  family: Family,
  { to: [literal], from, on }: Packet,
  now: number,
): DatagramDetails {
  const to = parse(literal)
  const isGroup = to.reach === 'multicast'
  return {
    local: literalFor(family, literal),
    unicast: !isGroup && !isBroadcast(host, to),
    interface: isGroup ? on : host.owns(parse(from[0])) ? LOOPBACK : LINK,
    receivedAt: now,
    ecn: 0,
  }
}
