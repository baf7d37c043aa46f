import { isPort } from './is-port.js'
import { membersOf } from './members-of.js'

/**
 * The destination or the source of a datagram. The host is a name or an IP literal, without brackets. The address of a Unix socket is
 * `['/run/x', 0]`, or `['@x', 0]` if it is abstract; a sender without an address is `['', 0]`.
 */
export type Address = readonly [host: string, port: number]

/**
 * Returns whether a value is `[host, port]`: a string, and a whole number from 0 to 65535. The string is not checked: see
 * `kindOfHost`. Never throws.
 */
export function isAddress(value: unknown): value is Address {
  const [host, port] = membersOf(value, 2) ?? []
  return typeof host === 'string' && isPort(port)
}
