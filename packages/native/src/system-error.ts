import { getSystemErrorName } from 'node:util'

/** An error such as Node.js makes of what a system call returns. `errno` is positive. */
export function systemError(
  syscall: string,
  errno: number,
  address?: string,
  port?: number,
): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno)
  const where = address === undefined ? '' : ` ${address}:${port}`
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    errno: -errno,
    code,
    syscall,
    ...(address !== undefined && { address, port }),
  })
}
