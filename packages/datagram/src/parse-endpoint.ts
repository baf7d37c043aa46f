import { isPort } from './is-port.js'
import { kindOfHost } from './kind-of-host.js'

/** An address as a user types it: the host is undefined if only a port was given. */
export type Endpoint = readonly [host: string | undefined, port: number]

const PATTERN = /^(?:\[([^[\]]*)\]|([^[\]:]*)):(\d{1,5})$/

/**
 * Parses `HOST:PORT`, `:PORT` or `[IPV6]:PORT`.
 *
 * @param minPort - 1 for an address to send to; 0 for one to bind to, where port 0 means any free one
 * @throws {RangeError} for any other text; the message says what it must be, such as `a port is a number from 1 to 65535`
 */
export function parseEndpoint(text: string, minPort: 0 | 1): Endpoint {
  const [found, inBrackets, plain = '', digits] = PATTERN.exec(text) ?? []
  if (found === undefined) throw new RangeError('an address is HOST:PORT, :PORT or [IPV6]:PORT')
  const port = Number(digits)
  if (!isPort(port, minPort)) throw new RangeError(`a port is a number from ${minPort} to 65535`)
  const kind = kindOfHost(inBrackets ?? plain)
  if (inBrackets === undefined ? plain !== '' && kind === undefined : kind !== 6)
    throw new RangeError(`${inBrackets ?? plain} is not a host name or IP address`)
  return [inBrackets ?? (plain || undefined), port]
}
