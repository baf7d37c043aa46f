import type { Subnet } from '@udpng/datagram'
import { type Parsed, parse } from './addresses.js'

/** The addresses of a host. */
interface Addresses {
  /** Those other than loopback. */
  readonly addresses: readonly string[]
  /** Their networks, in the same order. */
  readonly subnets: readonly Subnet[]
  owns(address: Parsed): boolean
}

/**
 * Returns the address that a datagram is to be sent from: that of the socket, unless the sender chose another one of this host;
 * undefined if it is not one of this host, or of another family than the destination.
 */
export function chosenSource(
  host: Pick<Addresses, 'owns'>,
  bound: Parsed,
  to: Parsed,
  local: string | undefined,
): Parsed | undefined {
  const given = local === undefined ? undefined : parse(local)
  if (!given || given.reach === 'unspecified') return bound
  return host.owns(given) && given.family === to.family ? given : undefined
}

/**
 * Returns the address that a datagram comes from; undefined if no interface leads to its destination.
 *
 * @param bound - the local address of the socket
 * @param to - the destination
 * @param preferred - the address of the interface for multicast
 */
export function sourceFor(
  host: Addresses,
  bound: Parsed,
  to: Parsed,
  preferred?: string,
): string | undefined {
  const loopback = to.family === 4 ? '127.0.0.1' : '::1'
  // A socket that is bound to a group or to a broadcast address sends from the address of the host.
  if (bound.reach !== 'unspecified' && host.owns(bound)) {
    // A socket bound to loopback reaches only its own host.
    if (bound.reach === 'loopback' && !host.owns(to) && to.reach !== 'multicast') return undefined
    return bound.host
  }
  if (preferred !== undefined) return preferred
  if (to.reach === 'loopback' || to.reach === 'unspecified') return loopback
  if (host.addresses.includes(to.host)) return to.host
  const index = host.subnets.findIndex((subnet) => subnet.has(to.host))
  const own = host.addresses.find((address) => parse(address).family === to.family)
  return host.addresses[index] ?? own ?? (to.reach === 'multicast' ? loopback : undefined)
}
