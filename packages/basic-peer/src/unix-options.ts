import { badOption } from '@udpng/core/options'
import { type Address, isUnixPath, unixPathObjection } from '@udpng/datagram'
import type { ConnectedOptions, TwoWayOptions } from './peer-options.js'

type Given = TwoWayOptions & ConnectedOptions

/** The addresses of a peer with a Unix socket, as they are in its settings. */
interface UnixAddresses {
  readonly family: 4
  readonly unix: true
  readonly local: Address
  readonly receiver: Address | undefined
}

/** The options that a Unix socket does not have. `false`, and 0 for a port, are what it has anyway. */
const NOT_UNIX = [
  'localPort',
  'receiverPort',
  'fd',
  'family',
  'reuseAddr',
  'reusePort',
  'ipv6Only',
  'recvBufferSize',
  'broadcast',
  'ttl',
  'dscp',
  'ecn',
  'dontFragment',
  'multicast',
  'connected',
  'details',
] as const satisfies readonly (keyof Given)[]

/**
 * Returns the addresses of a peer with a Unix socket; undefined if none of its options is the path of one.
 *
 * @throws {UdpngError} `BAD_OPTION` for a path that is too long, an address that is not a path, and an option that Unix sockets do not have
 */
export function unixAddresses(attempt: string, given: Given): UnixAddresses | undefined {
  const { localAddr, receiverAddr } = given
  if (!isUnixPath(localAddr) && !isUnixPath(receiverAddr)) return undefined
  for (const name of ['localAddr', 'receiverAddr'] as const) {
    const path = given[name]
    if (path === undefined) continue
    const must = isUnixPath(path) ? unixPathObjection(path) : 'a path, as the other address is'
    if (must !== undefined) throw badOption(attempt, name, path, must)
  }
  for (const name of NOT_UNIX)
    if (given[name]) throw badOption(attempt, name, given[name], 'omitted with a Unix socket')
  return {
    family: 4,
    unix: true,
    local: [localAddr ?? '', 0],
    receiver: receiverAddr === undefined ? undefined : [receiverAddr, 0],
  }
}
