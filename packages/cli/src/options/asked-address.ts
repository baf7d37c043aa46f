import { networkInterfaces } from 'node:os'
import { type Address, kindOfHost, parseIp, reachOf } from '@udpng/datagram'
import { findNative } from '../find-native.js'
import { isAny } from './endpoint.js'

/**
 * Returns whether a server that is bound to this host needs, and can have, the details of datagrams: to reply from the address that
 * a client asked, if that may be any of this machine.
 */
export function detailsFor(host: string): boolean {
  return isAny(host) && hasDetails()
}

/**
 * Returns a note for the user if replies may leave from another address than the client asked, which the client then may drop;
 * undefined otherwise.
 *
 * @param bound - the local address of the server
 * @param details - whether its peer has the details of datagrams
 */
export function askedAddressNote(bound: Address, details: boolean): string | undefined {
  if (details || !isAny(bound[0])) return undefined
  const addresses = severalAddresses(kindOfHost(bound[0]) === 6 ? [4, 6] : [4])
  if (!addresses) return undefined
  const remedy = process.platform === 'linux' ? 'use @udpng/native, or ' : ''
  return `this machine has several addresses (${addresses.join(', ')}), and a reply may leave from another one than its client asked; ${remedy}listen on one address only`
}

/** Whether peers here are on a transport that can report the details of datagrams: as peers choose it. */
function hasDetails(): boolean {
  if (process.env['UDPNG_TRANSPORT'] === 'dgram') return false
  try {
    return findNative().capabilities.includes('details')
  } catch {
    return false
  }
}

/**
 * The addresses of this machine of the first of these families that has more than one, without those of loopback and of a link, to which the
 * system replies from the right one anyway.
 */
function severalAddresses(families: readonly (4 | 6)[]): readonly string[] | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const own = all.flatMap(({ address }) => {
    const ip = parseIp(address)
    return ip && reachOf(ip) === 'unicast' ? [address] : []
  })
  for (const family of families) {
    const found = own.filter((address) => kindOfHost(address) === family)
    if (found.length > 1) return found
  }
  return undefined
}
