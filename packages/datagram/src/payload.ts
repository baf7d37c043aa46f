import { isBytes } from './bytes.js'
import type { Family } from './ip-address.js'

/** The data of one datagram. Text is sent as UTF-8. Bytes are not copied: do not change them until they are sent. */
export type Payload = string | Uint8Array

/** Maximum length of a payload in bytes, by IP version: 65535 less the UDP header, and on IPv4 less the IP header (RFC 768, RFC 791, RFC 8200). */
export const MAX_PAYLOAD_BYTES: Readonly<Record<Family, number>> = { 4: 65507, 6: 65527 }

/** Returns whether a value can be the payload of a datagram: a string or a Uint8Array. Its length is not checked. Never throws. */
export function isPayload(value: unknown): value is Payload {
  return typeof value === 'string' || isBytes(value)
}
