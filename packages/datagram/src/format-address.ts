import type { Address } from './address.js'
import { canonicalHost } from './canonical-host.js'
import { isUnixPath } from './unix-path.js'

/**
 * Formats an address for display: `192.0.2.1:1500`, `[2001:db8::1]:1500`, `name.example:1500`. All spellings of an IP address give
 * the same text, and an IPv4-mapped one is written as IPv4: see `canonicalHost`. The address of a Unix socket is its path, or
 * `(unnamed)`.
 */
export function formatAddress([host, port]: Address): string {
  if (port === 0 && (host === '' || isUnixPath(host))) return host || '(unnamed)'
  const text = canonicalHost(host)
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`
}
