import { networkInterfaces } from 'node:os'
import { parseIp, parseSubnet, type Subnet } from '@udpng/datagram'

/** Interval at which the interfaces are read again, milliseconds. */
const REFRESH_MS = 10_000

/** Addresses of every machine. */
const LOOPBACK = ['127.0.0.0/8', '::1']
/** Addresses of no single host: "this network" (RFC 1122, 3.2.1.3), multicast, broadcast, and the unspecified address of IPv6. */
const UNANSWERABLE = ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255', '::', 'ff00::/8']

/** Recognizes the addresses of this machine, and those that it cannot answer. */
export class MachineAddresses {
  #own: readonly Subnet[] = []
  #unanswerable: readonly Subnet[] = []
  #readAt = -Infinity

  /** Whether an IP literal is an address of this machine. */
  isOwn(host: string, now: number): boolean {
    this.#refresh(now)
    return isIn(host, this.#own)
  }

  /** Whether no single host has this address: a broadcast or multicast address, or an unspecified one. */
  isUnanswerable(host: string, now: number): boolean {
    this.#refresh(now)
    return isIn(host, this.#unanswerable)
  }

  #refresh(now: number): void {
    if (now - this.#readAt < REFRESH_MS) return
    this.#readAt = now
    const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    const broadcasts = interfaces.flatMap(
      ({ cidr }) => (cidr && parseSubnet(cidr)?.broadcast) || [],
    )
    this.#own = subnets([...LOOPBACK, ...interfaces.map(({ address }) => withoutZone(address))])
    this.#unanswerable = subnets([...UNANSWERABLE, ...broadcasts])
  }
}

function subnets(texts: readonly string[]): Subnet[] {
  return texts.flatMap((text) => parseSubnet(text) ?? [])
}

function withoutZone(host: string): string {
  return host.replace(/%.*/, '')
}

function isIn(host: string, all: readonly Subnet[]): boolean {
  const ip = parseIp(host)
  return ip !== undefined && all.some((subnet) => subnet.has(ip))
}
