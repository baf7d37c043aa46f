import { isIPv4 } from 'node:net'

/** Whether a host that is listened on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

/** An address as it stands in a URL. */
export function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host.replace('%', '%25')}]` : host}:${port}`
}

/** How this machine calls itself where it listens on all its addresses. */
export function ownName(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

/** An address of a socket without what marks an IPv4 address among those of IPv6. */
export function plainAddress(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '')
}
