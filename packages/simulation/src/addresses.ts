import { type Family, formatIp, parseIp, type Reach, reachOf, unmapped } from '@udpng/datagram'

/** Names of the interfaces of a host: loopback, and the one to other hosts. */
export const LOOPBACK = 'lo'
export const LINK = 'eth0'
export const INTERFACES: readonly string[] = [LOOPBACK, LINK]

/** A parsed IP literal. */
export interface Parsed {
  /** 4 also for an IPv4-mapped address. */
  readonly family: Family
  /** The address without its zone, the same for all its spellings. */
  readonly host: string
  /** The interface, such as `eth0` in `fe80::1%eth0`; undefined without one. */
  readonly zone: string | undefined
  readonly reach: Reach
}

/**
 * Parses an IP literal. An IPv4-mapped one, `::ffff:192.0.2.1`, is IPv4.
 *
 * @throws an `Error` for anything else
 */
export function parse(literal: string): Parsed {
  const ip = parseIp(literal)
  if (!ip) throw new Error(`${literal} is not an IP address`)
  const plain = unmapped(ip)
  return {
    family: plain.family,
    host: formatIp({ ...plain, zone: undefined }),
    zone: plain.zone,
    reach: reachOf(plain),
  }
}

/** Returns the literal that a system gives a socket of this family: IPv4-mapped on IPv6, link-local IPv6 with its interface. */
export function literalFor(family: Family, host: string): string {
  const { family: own, host: plain, zone, reach } = parse(host)
  if (own !== family) return `::ffff:${plain}`
  const hasZone = own === 6 && reach === 'linkLocal'
  return hasZone ? `${plain}%${zone ?? LINK}` : plain
}
