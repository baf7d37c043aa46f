/**
 * System errors for a lack of resources that a session frees when it ends: descriptors, buffers, memory, ports.
 * `open(2)`, `socket(2)`, `bind(2)`, `connect(2)`.
 */
const SHORTAGES: readonly unknown[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']

/** Maximum depth of causes of an error that is searched. */
const MAX_CAUSES = 8

/** Whether a failure comes from a shortage of system resources: with fewer sessions it would not have happened. */
export function isShortage(failure: unknown): boolean {
  let port: unknown
  let error = failure
  for (let left = MAX_CAUSES; left > 0 && error instanceof Error; left--) {
    const { code, syscall, ...details } = error as NodeJS.ErrnoException & { port?: unknown }
    port ||= details.port
    if (SHORTAGES.includes(code)) return true
    // Without a port given by the program, the system found no free one.
    if (code === 'EADDRINUSE') return !port
    // connect(2): all ports in the ephemeral range are in use. For bind, it is an address of another machine.
    if (code === 'EADDRNOTAVAIL' || code === 'EAGAIN') return syscall === 'connect'
    error = error.cause
  }
  return false
}
