import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Interfaces come and go. */
const REFRESH_MS = 10_000

/** The addresses of this machine, and those that cannot be answered from it. */
export class MachineAddresses {
  #own = new BlockList()
  #unanswerable = new BlockList()
  #readAt = -Infinity

  /** Whether an IP literal without a zone is an address of this machine. */
  isOwn(host: string, now: number): boolean {
    this.#refresh(now)
    return this.#own.check(host, familyOf(host))
  }

  /** Whether no single host has this address: a broadcast or multicast address, or an unspecified one. */
  isUnanswerable(host: string, now: number): boolean {
    this.#refresh(now)
    return this.#unanswerable.check(host, familyOf(host))
  }

  #refresh(now: number): void {
    if (now - this.#readAt < REFRESH_MS) return
    this.#readAt = now
    this.#own = new BlockList()
    this.#own.addSubnet('127.0.0.0', 8)
    this.#own.addAddress('::1', 'ipv6')
    this.#unanswerable = new BlockList()
    this.#unanswerable.addSubnet('0.0.0.0', 8) // RFC 1122, 3.2.1.3
    this.#unanswerable.addSubnet('224.0.0.0', 4)
    this.#unanswerable.addAddress('255.255.255.255')
    this.#unanswerable.addAddress('::', 'ipv6')
    this.#unanswerable.addSubnet('ff00::', 8, 'ipv6')
    for (const { address, family, cidr } of Object.values(networkInterfaces()).flatMap(
      (all) => all ?? [],
    )) {
      const kind = family === 'IPv6' ? 'ipv6' : 'ipv4'
      this.#own.addAddress(address.replace(/%.*/, ''), kind)
      const broadcast = kind === 'ipv4' && cidr ? broadcastOf(cidr) : undefined
      if (broadcast !== undefined) this.#unanswerable.addAddress(broadcast)
    }
  }
}

function familyOf(host: string): 'ipv4' | 'ipv6' {
  return host.includes(':') ? 'ipv6' : 'ipv4'
}

/** The broadcast address of an IPv4 network: `192.0.2.255` of `192.0.2.7/24`; a /31 or /32 has none (RFC 3021). */
function broadcastOf(cidr: string): string | undefined {
  const [address = '', length] = cidr.split('/')
  const prefix = Number(length)
  if (prefix > 30) return undefined
  const number = address.split('.').reduce((all, byte) => all * 256 + Number(byte), 0)
  const hosts = 2 ** (32 - prefix)
  const last = Math.floor(number / hosts) * hosts + hosts - 1
  return [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join('.')
}
