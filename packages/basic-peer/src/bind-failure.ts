import { UdpngError } from '@udpng/core'
import { formatAddress } from '@udpng/datagram'
import { detailsOf } from './system-error.js'

/**
 * The error of a bind that failed: what happened, where, and what to do.
 *
 * @param cause - whatever was thrown
 * @param advise - what to do about it, by the system's code
 */
export function bindFailure(
  address: string,
  port: number,
  cause: unknown,
  advise: (code: string) => string | undefined,
): UdpngError {
  const { code = '', syscall, message } = detailsOf(cause)
  return new UdpngError(
    'BIND_FAILED',
    `cannot bind ${formatAddress([address, port])}: ${advise(code) ?? message}`,
    { cause, address, port, syscall },
  )
}
