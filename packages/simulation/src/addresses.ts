import { type Family, formatIp, parseIp, type Reach, reachOf, unmapped } from '@udpng/datagram'

/** Interfaces of a host, by name: loopback, and the one that leads to other hosts. */
export const INTERFACES: readonly [loopback: string, link: string] = ['lo', 'eth0']

/** An IP literal, parsed. */
export interface Parsed {
  /** That of the IPv4 address, for an IPv4-mapped one. */
  readonly family: Family
  /** Without its zone. All literals of one address have the same. */
  readonly host: string
  /** The interface it names, such as `eth0` in `fe80::1%eth0`. */
  readonly zone: string | undefined
  readonly reach: Reach
}

/**
 * Parses an IP literal. An IPv4-mapped one, `::ffff:192.0.2.1`, is of IPv4.
 *
 * @throws for anything else
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

/** Returns an address as a system writes it for a socket: IPv4 mapped for an IPv6 one, link-local IPv6 with its interface. */
export function literalFor(family: Family, host: string): string {
  const { family: own, host: plain, zone, reach } = parse(host)
  if (own !== family) return `::ffff:${plain}`
  const hasZone = own === 6 && reach === 'linkLocal'
  return hasZone ? `${plain}%${zone ?? INTERFACES[1]}` : plain
}
