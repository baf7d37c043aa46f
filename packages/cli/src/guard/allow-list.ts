import { BlockList, isIP } from 'node:net'

const PATTERN = /^([^/]+)(?:\/(\d{1,3}))?$/

/** The networks and addresses that may use a service. */
export class AllowList {
  /** As they were given. */
  readonly entries: readonly string[]
  readonly #list = new BlockList()

  /**
   * @param entries - CIDR (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`; or an address
   * @throws {RangeError} for what is not one
   */
  constructor(entries: readonly string[]) {
    this.entries = entries
    for (const entry of entries) {
      const [, host = '', length] = PATTERN.exec(entry) ?? []
      const kind = isIP(host)
      const bits = kind === 6 ? 128 : 32
      const prefix = length === undefined ? bits : Number(length)
      if (kind === 0 || host.includes('%') || prefix > bits)
        throw new RangeError(
          'It must be an IP address, or a network such as 10.0.0.0/8 or fd00::/8.',
        )
      this.#list.addSubnet(host, prefix, kind === 6 ? 'ipv6' : 'ipv4')
    }
  }

  /** Whether an IP literal is in it; one of IPv4 in IPv6 (`::ffff:192.0.2.1`) counts as IPv4. */
  has(host: string): boolean {
    return this.#list.check(host, host.includes(':') ? 'ipv6' : 'ipv4')
  }
}
