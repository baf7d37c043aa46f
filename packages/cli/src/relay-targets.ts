import { SocketAddress } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Address, type Family, formatAddress, kindOfHost } from '@udpng/basic-peer'
import { resolveHost } from './endpoint.js'
import { plainAddress } from './show-address.js'

/** Where a relay sends to, looked up: IP literals, of the family of one socket that reaches them all. */
export interface RelayTargets {
  readonly family: Family
  readonly addresses: readonly Address[]
  /** Whether a datagram from there is a reply: what strangers send to a relay's sockets is none. */
  isFrom(source: Address): boolean
}

/**
 * Looks up where a relay sends to, once. With targets of both families the socket is an IPv6 one, to which
 * 192.0.2.1 is `::ffff:192.0.2.1`.
 *
 * @throws an error that says which name is not known
 */
export async function findTargets(targets: readonly Address[]): Promise<RelayTargets> {
  const found: Address[] = []
  for (const [host, port] of targets)
    found.push([kindOfHost(host) ? canonical(host) : await resolveHost(host), port])
  const family = found.some(([host]) => kindOfHost(host) === 6) ? 6 : 4
  const known = new Set(found.map((address) => formatAddress(...address)))
  return {
    family,
    addresses: found.map(([host, port]) => [
      family === 6 && kindOfHost(host) === 4 ? `::ffff:${host}` : host,
      port,
    ]),
    isFrom: (source) => known.has(formatAddress(...plainAddress(source))),
  }
}

/** Whether what is sent to `target` comes to a socket that is bound to `local`: a relay to itself never ends. */
export function leadsTo(target: Address, local: Address): boolean {
  const [host, port] = plainAddress(target)
  const [localAddr, localPort] = local
  if (port !== localPort) return false
  if (host === localAddr) return true
  const all = localAddr === '::' || (localAddr === '0.0.0.0' && kindOfHost(host) === 4)
  return all && isOwn(host)
}

/** Whether an IP literal is an address of this machine. */
function isOwn(host: string): boolean {
  return (
    host === '0.0.0.0' ||
    host === '::' ||
    host.startsWith('127.') ||
    Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === host))
  )
}

/** An IP literal as the system writes it: `::1` for `0:0:0:0:0:0:0:1`. */
function canonical(host: string): string {
  if (kindOfHost(host) !== 6 || host.includes('%')) return host
  return new SocketAddress({ address: host, family: 'ipv6' }).address
}
