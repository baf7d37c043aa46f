import { getSystemErrorName } from 'node:util'
import { isUnixPath } from '@udpng/datagram'

/** Creates an error like those of Node.js for a failed system call. `errno` is positive. */
export function systemError(
  syscall: string,
  errno: number,
  address?: string,
  port?: number,
): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno)
  const where =
    address === undefined ? '' : ` ${isUnixPath(address) ? address : `${address}:${port}`}`
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    errno: -errno,
    code,
    syscall,
    ...(address !== undefined && { address, port }),
  })
}
