import { networkInterfaces } from 'node:os'
import { bytesOfHost } from './host-bytes.js'

/**
 * Makes one text of all spellings of an IP address, so that addresses can be compared: `::ffff:192.0.2.1` is `192.0.2.1`, IPv6 is in
 * lower case and not compressed, and the scope of a link-local address is the number of its interface, by name or by number.
 * What is not an IP literal stays as it is.
 *
 * @see RFC 4291 sections 2.2 and 2.5.5.2, RFC 4007 section 11
 */
export function canonicalHost(host: string): string {
  const bytes = bytesOfHost(host)
  if (!bytes) return host
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join() === MAPPED
  if (bytes.length === 4 || isMapped) return bytes.slice(-4).join('.')
  const text = Buffer.from(bytes).toString('hex')
  const [, scope] = host.split('%')
  return scope ? `${text}%${scopeNumber(scope)}` : text
}

/** The first 12 bytes of an IPv4 address that is mapped to IPv6. */
const MAPPED = '0,0,0,0,0,0,0,0,0,0,255,255'

/** The number of an interface; of one that is not there, its name. */
function scopeNumber(scope: string): string {
  if (/^\d+$/.test(scope)) return scope
  // Only a link-local address tells it: the others of the interface have 0.
  for (const address of networkInterfaces()[scope] ?? [])
    if (address.family === 'IPv6' && address.scopeid) return String(address.scopeid)
  return scope
}
