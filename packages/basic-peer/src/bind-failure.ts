import { UdpngError } from '@udpng/core'
import { formatAddress } from './address.js'

/** What to do about it, by the system's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is already in use; choose another port (0 takes any free one), or stop who uses it',
  EACCES: 'needs root or CAP_NET_BIND_SERVICE; choose a port from 1024 on',
  EADDRNOTAVAIL: 'is not an address of this machine; "0.0.0.0" and "::" stand for all of them',
  EMFILE: 'cannot be opened: too many open files; raise `ulimit -n`',
}

/** The error of a bind that failed: what happened, where, and what to do. */
export function bindFailure(address: string, port: number, cause: unknown): UdpngError {
  const { code = '', syscall, message = String(cause) } = cause as NodeJS.ErrnoException
  const advice = syscall === 'bind' && ADVICE[code]
  const what = code === 'EACCES' ? `port ${port}` : formatAddress(address, port)
  return new UdpngError(
    'BIND_FAILED',
    advice ? `${what} ${advice}` : `cannot bind ${what}: ${message}`,
    {
      cause,
      address,
      port,
      syscall,
    },
  )
}
