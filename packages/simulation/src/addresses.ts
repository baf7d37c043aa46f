import type { Family } from '@udpng/basic-peer'
import ipaddr from 'ipaddr.js'

/** What kind of destination an address is. */
export type Reach = 'unicast' | 'loopback' | 'any' | 'multicast' | 'broadcast'

/** An IP literal, taken apart. */
export interface Parsed {
  readonly family: Family
  /** The shortest text of it, without its scope: two literals of one address have the same. */
  readonly host: string
  /** The interface it names, such as `eth0` in `fe80::1%eth0`. */
  readonly scope: string | undefined
  readonly reach: Reach
}

const REACHES: Readonly<Record<string, Reach>> = {
  loopback: 'loopback',
  unspecified: 'any',
  multicast: 'multicast',
  broadcast: 'broadcast',
}

/** Takes an IP literal apart. One of IPv4 in a literal of IPv6, `::ffff:192.0.2.1`, is of IPv4. */
export function parse(literal: string): Parsed {
  const [text = '', scope] = literal.split('%')
  const address = ipaddr.process(text)
  const reach = REACHES[address.range()] ?? 'unicast'
  return {
    family: address.kind() === 'ipv4' ? 4 : 6,
    host: address.toString(),
    scope,
    reach,
  }
}

/** A network, `10.0.0.0/8`: an address and how many of its bits count. */
export interface Subnet {
  readonly family: Family
  /** Every literal of its own. */
  has(host: string): boolean
  /** Its last address, which on IPv4 means all of them. */
  readonly broadcast: string | undefined
}

/** The network that an address with a prefix length is in. */
export function subnetOf(literal: string, bits: number): Subnet {
  const { family, host } = parse(literal)
  const own = ipaddr.parse(host)
  return {
    family,
    has(other) {
      const address = ipaddr.parse(other)
      return address.kind() === own.kind() && address.match(own, bits)
    },
    broadcast:
      family === 4 && bits < 31
        ? ipaddr.IPv4.broadcastAddressFromCIDR(`${host}/${bits}`).toString()
        : undefined,
  }
}
