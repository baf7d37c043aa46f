import { UdpngError } from '@udpng/core'
import { formatAddress } from './address.js'

/**
 * The error of a bind that failed: what happened, where, and what to do.
 *
 * @param advice - what to do about it, by the system's code
 */
export function bindFailure(
  address: string,
  port: number,
  cause: unknown,
  advice: Readonly<Record<string, string>>,
): UdpngError {
  const { code = '', syscall, message } = cause as NodeJS.ErrnoException
  return new UdpngError(
    'BIND_FAILED',
    `cannot bind ${formatAddress(address, port)}: ${advice[code] ?? message}`,
    { cause, address, port, syscall },
  )
}
