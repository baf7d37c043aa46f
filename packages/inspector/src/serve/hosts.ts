import { formatAddress, parseIp, reachOf } from '@udpng/datagram'

/** Returns whether a server that listens on this host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const ip = parseIp(host)
  return host === 'localhost' || (ip !== undefined && reachOf(ip) === 'loopback')
}

/** Formats an address as in a URL. */
export function authority(host: string, port: number): string {
  return formatAddress([host, port]).replace('%', '%25')
}

/** Returns the address at which this machine reaches its own server that listens on a host: loopback for the wildcard address. */
export function ownName(host: string): string {
  const ip = parseIp(host)
  if (!ip || reachOf(ip) !== 'unspecified') return host
  return ip.family === 4 ? '127.0.0.1' : '::1'
}
