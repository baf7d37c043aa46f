import { type Family, formatIp, type IpAddress, parseIp, unmapped } from './ip-address.js'

/** A network of IP addresses: those with the same prefix (CIDR). */
export class Subnet {
  readonly family: Family
  /** Length of the prefix: 0 to 32 on IPv4, 0 to 128 on IPv6. */
  readonly bits: number
  /** The first address. */
  readonly #first: readonly number[]

  /**
   * @param ip - any address of the network; its zone is ignored. An IPv4-mapped one with at least 96 bits makes an IPv4 network
   * @param bits - length of the prefix: 0 to 32 on IPv4, 0 to 128 on IPv6
   * @throws {RangeError} if the prefix is longer than the address
   */
  constructor(ip: IpAddress, bits: number) {
    const length = 8 * ip.bytes.length
    if (!Number.isInteger(bits) || bits < 0 || bits > length)
      throw new RangeError(
        `a prefix of ${bits} bits; it must be a whole number from 0 to ${length}`,
      )
    const { family, bytes } = bits < 96 ? ip : unmapped(ip)
    this.family = family
    this.bits = bits - (length - 8 * bytes.length)
    this.#first = bytes.map((byte, i) => byte & this.#maskAt(i))
  }

  /** Returns whether an address is in the network, an IPv4-mapped one as IPv4. Zones are ignored. False for a host that is not an IP literal. */
  has(address: IpAddress | string): boolean {
    const parsed = typeof address === 'string' ? parseIp(address) : address
    if (!parsed) return false
    const { family, bytes } = unmapped(parsed)
    return (
      family === this.family &&
      bytes.every((byte, i) => (byte & this.#maskAt(i)) === this.#first[i])
    )
  }

  /** The broadcast address, which is the last one; undefined on IPv6, and for prefixes of 31 and 32 bits (RFC 3021). */
  get broadcast(): string | undefined {
    if (this.family === 6 || this.bits > 30) return undefined
    return this.#first.map((byte, i) => byte | (0xff & ~this.#maskAt(i))).join('.')
  }

  /** `10.0.0.0/8` */
  toString(): string {
    return `${formatIp({ family: this.family, bytes: this.#first, zone: undefined })}/${this.bits}`
  }

  /** The bits of a byte that belong to the prefix. */
  #maskAt(i: number): number {
    const bits = Math.min(8, Math.max(0, this.bits - 8 * i))
    return 0xff & (0xff << (8 - bits))
  }
}

/**
 * Parses `10.0.0.0/8`, `2001:db8::/32`, or an address without a zone, which is a network of one.
 *
 * @returns undefined for anything else
 * @see RFC 4632 section 3.1, RFC 4291 section 2.3
 */
export function parseSubnet(text: string): Subnet | undefined {
  const [, host = '', digits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const ip = parseIp(host)
  if (!ip) return undefined
  const length = 8 * ip.bytes.length
  const bits = digits === undefined ? length : Number(digits)
  return bits > length ? undefined : new Subnet(ip, bits)
}
