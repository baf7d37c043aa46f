import { formatIp, type IpAddress, unmapped } from './ip-address.js'

/** The kind of an IP address. `linkLocal` and `broadcast` reach the link only; `unicast` is any other address of one machine. */
export type Reach = 'unspecified' | 'loopback' | 'linkLocal' | 'multicast' | 'broadcast' | 'unicast'

/**
 * Returns the kind of an IP address; for an IPv4-mapped one, that of its IPv4 address. The broadcast address of a network,
 * such as `192.0.2.255`, counts as unicast: see `Subnet`.
 *
 * @see RFC 4291 section 2.4, RFC 5735, RFC 3927
 */
export function reachOf(ip: IpAddress): Reach {
  const plain = unmapped(ip)
  const { family, bytes } = plain
  const [first = 0, second = 0] = bytes
  const text = formatIp({ ...plain, zone: undefined })
  if (text === '0.0.0.0' || text === '::') return 'unspecified'
  if (text === '::1') return 'loopback'
  if (text === '255.255.255.255') return 'broadcast'
  if (family === 6) {
    if (first === 0xff) return 'multicast'
    return first === 0xfe && second >> 6 === 2 ? 'linkLocal' : 'unicast' // fe80::/10
  }
  if (first === 127) return 'loopback'
  if (first >> 4 === 14) return 'multicast' // 224.0.0.0/4
  return first === 169 && second === 254 ? 'linkLocal' : 'unicast'
}
