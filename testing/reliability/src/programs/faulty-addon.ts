/** Numbers of the system's errors. */
export const ERRNO = {
  EPERM: 1,
  EINTR: 4,
  EIO: 5,
  EAGAIN: 11,
  ENOMEM: 12,
  ENOSYS: 38,
  ENETUNREACH: 101,
  ENOBUFS: 105,
} as const

/** Number of calls that are not made. */
export const ALWAYS = 1_000_000_000

/** From now on these system calls of an addon made for that fail so: `call,which,from,to,errno`, see its `faults.c`. */
export function strike(...faults: string[]): void {
  process.env['UDPNG_FAULTS'] = faults.join(';')
}
