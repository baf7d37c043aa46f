import { formatIp, parseIp, unmapped } from './ip-address.js'
import { Subnet } from './subnet.js'

/**
 * Returns the key of an IP address for limits per host: an IPv4 address, plain or IPv4-mapped, as itself; an IPv6 address
 * as its /64 network, with its zone, because one customer or one machine usually gets a whole /64. A host that
 * is not an IP literal is returned unchanged.
 *
 * @see RFC 6177, RFC 8273
 */
export function networkOf(host: string): string {
  const parsed = parseIp(host)
  if (!parsed) return host
  const ip = unmapped(parsed)
  if (ip.family === 4) return formatIp(ip)
  return `${new Subnet(ip, 64)}${ip.zone === undefined ? '' : `%${ip.zone}`}`
}
