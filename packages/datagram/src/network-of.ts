import { formatIp, parseIp, unmapped } from './ip-address.js'
import { Subnet } from './subnet.js'

/**
 * Returns what a limit per host counts an IP address for: an IPv4 address, also an IPv4-mapped one, for itself; an IPv6 address
 * for its /64 network, as text with its zone, because one customer or one machine is given that and may use all of it. A host that
 * is not an IP literal is returned as it is.
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
