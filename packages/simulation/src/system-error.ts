/** Errno and message of each error on Linux. */
const ERRORS = {
  EPERM: [1, 'operation not permitted'],
  EINTR: [4, 'interrupted system call'],
  EIO: [5, 'i/o error'],
  EAGAIN: [11, 'resource temporarily unavailable'],
  ENOMEM: [12, 'not enough memory'],
  EACCES: [13, 'permission denied'],
  EINVAL: [22, 'invalid argument'],
  EMFILE: [24, 'too many open files'],
  EMSGSIZE: [90, 'message too long'],
  EADDRINUSE: [98, 'address already in use'],
  EADDRNOTAVAIL: [99, 'address not available'],
  ENETUNREACH: [101, 'network is unreachable'],
  ENOBUFS: [105, 'no buffer space available'],
  ECONNREFUSED: [111, 'connection refused'],
  EHOSTUNREACH: [113, 'host is unreachable'],
} as const

/** The name of a kernel error. */
export type SystemCode = keyof typeof ERRORS

/** Creates the error that Node.js creates for it. */
export function systemError(
  syscall: string,
  code: SystemCode,
  address: string,
  port: number,
): NodeJS.ErrnoException {
  const [errno, words] = ERRORS[code]
  return Object.assign(new Error(`${syscall} ${code}: ${words} ${address}:${port}`), {
    errno: -errno,
    code,
    syscall,
    address,
    port,
  })
}
