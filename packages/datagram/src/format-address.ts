import type { Address } from './address.js'
import { canonicalHost } from './canonical-host.js'

/**
 * Formats an address for people: `192.0.2.1:1500`, `[2001:db8::1]:1500`, `name.example:1500`. An IP address is written one way,
 * however it was spelled, and an IPv4-mapped one as IPv4: see `canonicalHost`.
 */
export function formatAddress([host, port]: Address): string {
  const text = canonicalHost(host)
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`
}
