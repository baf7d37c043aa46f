import type { JoinedInterface } from '@udpng/basic-peer'
import { type Family, parseIp } from '@udpng/datagram'
import { LINK, LOOPBACK, parse } from './addresses.js'

/**
 * Returns the interface of this name or address, with its first address of this family; undefined if there is none.
 *
 * @param addresses - those of the host, other than loopback
 */
export function interfaceOf(
  addresses: readonly string[],
  given: string,
  family: Family,
): JoinedInterface | undefined {
  const loopback = family === 4 ? '127.0.0.1' : '::1'
  const own = addresses.filter((address) => parse(address).family === family)
  const host = parseIp(given) ? parse(given).host : given
  if (host === LOOPBACK || host === loopback) return { name: LOOPBACK, address: loopback, index: 0 }
  const address = host === LINK ? own[0] : own.find((address) => address === host)
  return address === undefined ? undefined : { name: LINK, address, index: 0 }
}
