import { type ErrorCode, UdpngError } from '@udpng/core'
import { show } from '@udpng/core/options'
import { type Address, formatAddress } from '@udpng/datagram'
import type { Objection } from './names.js'
import { detailsOf } from './system-error.js'

/** The advice for a failed bind, by the system's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'it is not an address of this machine',
  EINVAL: 'a link-local address needs its scope, as in fe80::1%eth0',
  EADDRINUSE: 'it is already in use; choose another port, or 0 for any free one',
  EACCES: 'a port below 1024 needs root or CAP_NET_BIND_SERVICE',
  EMFILE: 'too many open files; raise `ulimit -n`',
  EAFNOSUPPORT: 'this machine has no IPv6; use IPv4 addresses',
}

/** The advice for a socket that the system does not connect. */
const CONNECT_ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'a broadcast address needs the option broadcast',
  ENETUNREACH: 'no route of this machine leads there',
}

/**
 * Creates the `BIND_FAILED` error: what happened, where, and what to do.
 *
 * @param cause - the thrown value
 * @param peer - the address to connect to
 */
export function bindFailure(
  address: string,
  port: number,
  cause: unknown,
  peer?: Address,
): UdpngError {
  const { code = '', syscall, message } = detailsOf(cause)
  if (peer && syscall === 'connect')
    return new UdpngError(
      'BIND_FAILED',
      `cannot connect ${formatAddress([address, port])} to ${formatAddress(peer)}: ${CONNECT_ADVICE[code] ?? message}`,
      { cause, address: peer[0], port: peer[1], syscall },
    )
  const advice =
    code === 'EADDRINUSE' && port === 0
      ? 'all local ports are in use; close sockets, or widen net.ipv4.ip_local_port_range'
      : ADVICE[code]
  return new UdpngError(
    'BIND_FAILED',
    `cannot bind ${formatAddress([address, port])}: ${advice ?? message}`,
    { cause, address, port, syscall },
  )
}

/** Creates the error of a peer that cannot be connected, because its receiver has no address. */
export function connectFailure(
  [address, port]: Address,
  { code, why, cause }: Objection,
): UdpngError {
  return new UdpngError(code, `cannot connect to ${show(address)}:${port}: ${why}`, {
    cause,
    address,
    port,
  })
}

/**
 * Creates the error of a change of an open socket.
 *
 * @param attempt - what the peer could not do, after `cannot`
 * @param code - unless the cause is a `UdpngError`, which has its own
 */
export function changeFailure(
  component: string,
  attempt: string,
  cause: unknown,
  code: ErrorCode,
  address: string | undefined,
): UdpngError {
  const { message, syscall } = detailsOf(cause)
  return new UdpngError(
    cause instanceof UdpngError ? cause.code : code,
    `${component} cannot ${attempt}: ${message}`,
    { component, address, cause, syscall },
  )
}
