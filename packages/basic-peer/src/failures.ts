import { type ErrorCode, UdpngError } from '@udpng/core'
import { show } from '@udpng/core/options'
import { type Address, formatAddress, isUnixPath } from '@udpng/datagram'
import type { Objection } from './names.js'
import { detailsOf } from './system-error.js'
import type { OpenOptions } from './transport.js'

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
  EACCES: 'set broadcast: true to connect to a broadcast address',
  ENETUNREACH: 'this machine has no route to that address',
}

/** The advice for a Unix socket that cannot be bound, by the system's code. */
const UNIX_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'there is such a socket already; if no program uses it, remove the file',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EACCES: 'this user may not create a file there',
  EROFS: 'the file system is read-only',
}

/** The advice for a descriptor that cannot be taken over. */
const DESCRIPTOR_ADVICE: Readonly<Record<string, string>> = {
  EBADF: 'it is not open; check that the parent process passes it',
  ENOTSOCK: 'it is not a socket',
  EPROTOTYPE: 'it is not a UDP socket',
  EAFNOSUPPORT: 'it has another address family; set family: 6 for an IPv6 socket, or 4 for IPv4',
  ERR_INVALID_FD_TYPE: 'it is not an open UDP socket',
  EEXIST: 'this process already uses it',
}

/**
 * Creates the `BIND_FAILED` error: what happened, where, and what to do.
 *
 * @param cause - the thrown value
 */
export function bindFailure({ host, port, peer, fd }: Place, cause: unknown): UdpngError {
  const { code = '', syscall, message } = detailsOf(cause)
  const own = formatAddress([host, port])
  const isConnect = peer !== undefined && syscall === 'connect'
  const [address, remotePort] = isConnect ? peer : [host, port]
  const advice =
    code === 'EADDRINUSE' && port === 0 && !isUnixPath(host)
      ? 'all local ports are in use; close sockets, or widen net.ipv4.ip_local_port_range'
      : adviceFor(host, isConnect, fd)[code]
  const attempt = isConnect
    ? `connect ${own} to ${formatAddress(peer)}`
    : fd === undefined
      ? `bind ${own}`
      : `take over descriptor ${fd}`
  return new UdpngError('BIND_FAILED', `cannot ${attempt}: ${advice ?? message}`, {
    cause,
    address,
    port: remotePort,
    syscall,
  })
}

function adviceFor(
  host: string,
  isConnect: boolean,
  fd: number | undefined,
): Readonly<Record<string, string>> {
  if (isUnixPath(host)) return UNIX_ADVICE
  if (isConnect) return CONNECT_ADVICE
  return fd === undefined ? ADVICE : DESCRIPTOR_ADVICE
}

/** Where a socket is bound and connected: options of `open`. */
type Place = Pick<OpenOptions, 'host' | 'port' | 'peer' | 'fd'>

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
