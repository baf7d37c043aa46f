import { UdpngError } from '@udpng/core'
import { formatAddress } from '@udpng/datagram'
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

/**
 * Creates the `BIND_FAILED` error: what happened, where, and what to do.
 *
 * @param cause - the thrown value
 */
export function bindFailure(address: string, port: number, cause: unknown): UdpngError {
  const { code = '', syscall, message } = detailsOf(cause)
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
