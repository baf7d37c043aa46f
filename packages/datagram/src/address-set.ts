import type { Address } from './address.js'
import { isSameIp, type ZoneNumber } from './canonical-host.js'
import { type IpAddress, parseIp } from './ip-address.js'

/** Maximum number of cached spellings in addition to the given ones: a system has one for each address. */
const MAX_SPELLINGS = 64

interface Member {
  readonly ip: IpAddress
  readonly port: number
}

/**
 * Finds out whether a sender is one of a few addresses: the same port, and the same IP address in any spelling. It compares texts
 * first, and caches each new spelling of a member: so it parses that spelling once, and other addresses only if they have the port
 * of a member. The time grows with the number of members.
 *
 * A member whose host is a name is equal only to the same text.
 */
export class AddressSet {
  readonly #members: readonly Member[]
  readonly #zoneNumber: ZoneNumber | undefined
  /** The given and the cached spellings of the members. */
  readonly #spellings: Address[]

  /**
   * @param addresses - the members
   * @param zoneNumber - finds the number of a zone (default: `fe80::1%eth0` and `fe80::1%2` are different)
   */
  constructor(addresses: Iterable<Address>, zoneNumber?: ZoneNumber) {
    this.#spellings = [...addresses]
    this.#zoneNumber = zoneNumber
    this.#members = this.#spellings.flatMap(([host, port]) => {
      const ip = parseIp(host)
      return ip ? [{ ip, port }] : []
    })
  }

  /** Returns whether an address is a member. */
  has([host, port]: Address): boolean {
    for (const spelling of this.#spellings)
      if (spelling[1] === port && spelling[0] === host) return true
    if (!this.#finds(host, port)) return false
    if (this.#spellings.length < this.#members.length + MAX_SPELLINGS)
      this.#spellings.push([host, port])
    return true
  }

  #finds(host: string, port: number): boolean {
    let own: IpAddress | undefined
    for (const member of this.#members) {
      if (member.port !== port) continue
      own ??= parseIp(host)
      if (own && isSameIp(member.ip, own, this.#zoneNumber)) return true
    }
    return false
  }
}
