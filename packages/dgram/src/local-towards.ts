import { type Address, parseIp, reachOf } from '@udpng/datagram'

/** The wildcard addresses, as the system writes them. */
const WILDCARDS = ['0.0.0.0', '::']

/**
 * Returns the local address of a socket as a host sees it, as far as it is known. A wildcard address is the loopback address
 * towards a loopback address; towards any other host it stays as it is, because only the kernel knows which address it uses.
 */
export function localTowards(local: Address, host: string): Address {
  if (!WILDCARDS.includes(local[0])) return local
  const ip = parseIp(host)
  if (!ip || reachOf(ip) !== 'loopback') return local
  // An IPv4-mapped host is IPv4.
  return [host === '::1' ? '::1' : '127.0.0.1', local[1]]
}
