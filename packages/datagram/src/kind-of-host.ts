import { type Family, parseIp } from './ip-address.js'
import { MAX_HOST } from './max-host.js'

/** Labels of 1 to 63 letters, digits, `_` or inner hyphens; there may be a dot at the end. */
const NAME = /^((?!-)[\p{L}\p{N}\p{M}_-]{1,63}(?<!-)(\.|$))+$/u
/** Some resolvers read `127.1`, `0x7f.1` and `2130706433` as numbers, in wide digits too: a text that ends like that is not a name. */
const NUMBER = /(^|\.)(\d+|0x[\da-f]*)\.?$/i

/**
 * Returns the kind of a host: the family of an IP literal, 0 for a name that can be looked up, or undefined for anything else.
 *
 * @see RFC 952, RFC 1123 section 2.1, RFC 4007 section 11 (zones)
 */
export function kindOfHost(host: unknown): Family | 0 | undefined {
  if (typeof host !== 'string' || host.length > MAX_HOST) return undefined
  const ip = parseIp(host)
  if (ip) return ip.family
  return NAME.test(host) && !NUMBER.test(host.normalize('NFKC')) ? 0 : undefined
}
