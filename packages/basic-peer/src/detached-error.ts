/** Returns the error of a datagram whose bytes are gone: the system's EFAULT, for memory that cannot be read. */
export function detachedError(): NodeJS.ErrnoException {
  const message = 'the memory of the datagram was transferred before it was sent'
  return Object.assign(new Error(message), { code: 'EFAULT', syscall: 'send' })
}
