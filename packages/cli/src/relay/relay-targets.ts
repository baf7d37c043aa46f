import { zoneNumber } from '@udpng/basic-peer'
import {
  type Address,
  AddressSet,
  canonicalHost,
  type Family,
  isSameHost,
  kindOfHost,
  parseIp,
  unmapped,
} from '@udpng/datagram'
import { MachineAddresses } from '../guard/machine-addresses.js'
import { isAny, resolveHost } from '../options/endpoint.js'

/** The resolved targets of a relay: IP literals of the family of one socket that reaches them all. */
export interface RelayTargets {
  readonly family: Family
  readonly addresses: readonly Address[]
  /** Returns whether a datagram from this address is a reply of a target. */
  isFrom(source: Address): boolean
}

/**
 * Resolves the targets of a relay, once. With targets of both families the socket is an IPv6 one, on which
 * 192.0.2.1 is `::ffff:192.0.2.1`.
 *
 * @throws an `Error` that names a host that was not found
 */
export async function findTargets(targets: readonly Address[]): Promise<RelayTargets> {
  const found: Address[] = []
  for (const [host, port] of targets)
    found.push([kindOfHost(host) ? canonicalHost(host) : await resolveHost(host), port])
  const family = found.some(([host]) => kindOfHost(host) === 6) ? 6 : 4
  const known = new AddressSet(found, zoneNumber)
  return {
    family,
    addresses: found.map(([host, port]) => [
      family === 6 && kindOfHost(host) === 4 ? `::ffff:${host}` : host,
      port,
    ]),
    isFrom: (source) => known.has(source),
  }
}

/** Returns whether a socket bound to `local` receives datagrams to `target`: a relay to itself never ends. */
export function leadsTo([host, port]: Address, [localAddr, localPort]: Address): boolean {
  if (port !== localPort) return false
  if (isSameHost(host, localAddr, zoneNumber)) return true
  const ip = parseIp(host)
  const takesAll = ip && (kindOfHost(localAddr) === 6 || unmapped(ip).family === 4)
  return Boolean(takesAll) && isAny(localAddr) && isOwn(host)
}

/** Whether an IP literal is an address of this machine. */
function isOwn(host: string): boolean {
  return isAny(host) || new MachineAddresses().isOwn(host, 0)
}
