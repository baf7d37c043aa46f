import { parseIp, parseSubnet, type Subnet } from '@udpng/datagram'

/** The networks and addresses that may use a service. */
export class AllowList {
  /** The entries as given. */
  readonly entries: readonly string[]
  readonly #subnets: readonly Subnet[]

  /**
   * @param entries - CIDR (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`; or an address
   * @throws {RangeError} for an invalid entry
   */
  constructor(entries: readonly string[]) {
    this.entries = entries
    this.#subnets = entries.map((entry) => {
      const subnet = parseSubnet(entry)
      if (subnet) return subnet
      throw new RangeError('It must be an IP address, or a network such as 10.0.0.0/8 or fd00::/8.')
    })
  }

  /** Returns whether an IP literal is in it; an IPv4-mapped one (`::ffff:192.0.2.1`) counts as IPv4. */
  has(host: string): boolean {
    const ip = parseIp(host)
    return ip !== undefined && this.#subnets.some((subnet) => subnet.has(ip))
  }
}
