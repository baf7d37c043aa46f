import { UdpngError } from '@udpng/core'
import { formatAddress } from './address.js'

/** What to do about it, by the system's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is already in use; choose another port, or 0 for any that is free',
  EACCES: 'a port below 1024 needs root or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'it is not an address of this machine',
  EMFILE: 'too many open files; raise `ulimit -n`',
}

/** The error of a bind that failed: what happened, where, and what to do. */
export function bindFailure(address: string, port: number, cause: unknown): UdpngError {
  const { code = '', syscall, message } = cause as NodeJS.ErrnoException
  return new UdpngError(
    'BIND_FAILED',
    `cannot bind ${formatAddress(address, port)}: ${ADVICE[code] ?? message}`,
    { cause, address, port, syscall },
  )
}
