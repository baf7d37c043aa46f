import { formatIp, type IpAddress, parseIp, unmapped } from './ip-address.js'
import { MAX_HOST } from './max-host.js'
import { reachOf } from './reach-of.js'

/** Returns the number of an interface as text, given its name or number; the argument itself if there is no such interface. */
export type ZoneNumber = (zone: string) => string

/**
 * Returns one text for all spellings of an IP address: that of RFC 5952, an IPv4-mapped address as IPv4, without a zone that has
 * no meaning. Any other host, such as a name, is returned unchanged.
 *
 * The zone of a link-local address stays as it is, a name or a number. To compare hosts, use `isSameHost` or `AddressSet`.
 */
export function canonicalHost(host: string): string {
  // IPv4 has one spelling, and what is too long is not an address.
  if (!host.includes(':') || host.length > MAX_HOST) return host
  const ip = parseIp(host)
  return ip ? formatIp(canonicalIp(ip)) : host
}

/**
 * Returns whether two hosts are the same: the same IP address in any spelling, or the same text.
 *
 * @param zoneNumber - finds the number of a zone (default: `fe80::1%eth0` and `fe80::1%2` are different)
 */
export function isSameHost(a: string, b: string, zoneNumber: ZoneNumber = asWritten): boolean {
  if (a === b) return true
  const [one, other] = [parseIp(a), parseIp(b)]
  return one !== undefined && other !== undefined && isSameIp(one, other, zoneNumber)
}

/** Returns whether two IP addresses are the same. Zones are compared last, because finding the number of one is costly. */
export function isSameIp(a: IpAddress, b: IpAddress, zoneNumber: ZoneNumber = asWritten): boolean {
  const [one, other] = [unmapped(a), unmapped(b)]
  if (one.family !== other.family) return false
  for (let i = 0; i < one.bytes.length; i++) if (one.bytes[i] !== other.bytes[i]) return false
  if (one.zone === other.zone || !hasZones(one)) return true
  if (one.zone === undefined || other.zone === undefined) return false
  return zoneNumber(one.zone) === zoneNumber(other.zone)
}

/** An IPv4-mapped address as IPv4; any address without a zone that has no meaning. */
function canonicalIp(ip: IpAddress): IpAddress {
  const plain = unmapped(ip)
  return plain.zone !== undefined && !hasZones(plain) ? { ...plain, zone: undefined } : plain
}

/**
 * Whether the same address can exist on several links: link-local unicast, and multicast of the scope of an interface or a link.
 *
 * @see `__ipv6_addr_needs_scope_id` in include/net/ipv6.h, Linux 6.12; RFC 4007 section 6
 */
function hasZones(ip: IpAddress): boolean {
  const reach = reachOf(ip)
  const scope = (ip.bytes[1] ?? 0) & 0xf
  return reach === 'linkLocal' || (reach === 'multicast' && (scope === 1 || scope === 2))
}

const asWritten: ZoneNumber = (zone) => zone
