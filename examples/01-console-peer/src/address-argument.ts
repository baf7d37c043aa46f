import { isPort, kindOfHost, UdpngError } from 'udpng'

/** An address as it was typed; without a host, the default of the option will do. */
export type AddressArgument = readonly [host: string | undefined, port: number]

/**
 * Reads `host:port`, `:port`, or `[::1]:port` for an IPv6 host.
 *
 * @param option - what errors call it
 * @param leastPort - 1 for an address to send to; 0 where 0 means any free port
 * @throws {UdpngError} `BAD_OPTION` with what is wrong, in one line
 */
export function readAddress(option: string, text: string, leastPort: 0 | 1): AddressArgument {
  const wrong = (why: string): UdpngError =>
    new UdpngError('BAD_OPTION', `${option} ${JSON.stringify(text)}: ${why}`)
  const found = /^(?:\[([^[\]]*)\]|([^[\]:]*)):(\d{1,5})$/.exec(text)
  if (!found) throw wrong('an address is HOST:PORT, :PORT or [IPV6]:PORT')
  const [, inBrackets, plain, digits] = found
  const port = Number(digits)
  if (!isPort(port, leastPort)) throw wrong(`a port is a number from ${leastPort} to 65535`)
  const kind = kindOfHost(inBrackets ?? plain)
  if (inBrackets === undefined ? plain !== '' && kind === undefined : kind !== 6)
    throw wrong(`${inBrackets ?? plain} is no host name or IP address`)
  return [inBrackets ?? (plain || undefined), port]
}
