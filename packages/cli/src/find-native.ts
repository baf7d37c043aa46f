import { createRequire } from 'node:module'

/** What `@udpng/native` exports about itself. */
export interface Native {
  /** Whether the kernel cuts one message into many datagrams (GSO). */
  readonly segmentation: boolean
  /** Whether the kernel puts datagrams together for the reader (GRO). */
  readonly coalescing: boolean
}

/**
 * Loads `@udpng/native`, as peers do.
 *
 * @throws why it cannot serve here; with the code `MODULE_NOT_FOUND`, it is not installed
 */
export function findNative(): Native {
  return createRequire(import.meta.url)('@udpng/native').nativeTransport() as Native
}

/** Why it cannot serve, in a line. */
export function whyNotNative(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND') return 'not installed'
  return message.split('\n')[0] ?? ''
}
