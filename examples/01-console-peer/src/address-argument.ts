import { type Endpoint, parseEndpoint, UdpngError } from 'udpng'

/**
 * Reads `host:port`, `:port`, or `[::1]:port` for an IPv6 host.
 *
 * @param option - its name in errors
 * @param minPort - 1 for an address to send to; 0 where port 0 means any free port
 * @throws {UdpngError} `BAD_OPTION` with what is wrong, in one line
 */
export function readAddress(option: string, text: string, minPort: 0 | 1): Endpoint {
  try {
    return parseEndpoint(text, minPort)
  } catch (error) {
    const why = (error as RangeError).message
    throw new UdpngError('BAD_OPTION', `${option} ${JSON.stringify(text)}: ${why}`)
  }
}
