import { createRequire } from 'node:module'
import type { Capability } from '@udpng/basic-peer'

/** The features of the kernel that `@udpng/native` reports. */
export interface Native {
  /** Whether the kernel can segment one message into many datagrams (GSO). */
  readonly segmentation: boolean
  /** Whether the kernel can coalesce datagrams for the reader (GRO). */
  readonly coalescing: boolean
  /** What it can do: see `Capability` of `@udpng/basic-peer`. */
  readonly capabilities: readonly Capability[]
}

/**
 * Loads `@udpng/native`, as peers do.
 *
 * @throws the reason why it does not work here; the code `MODULE_NOT_FOUND` means that it is not installed
 */
export function findNative(): Native {
  return createRequire(import.meta.url)('@udpng/native').nativeTransport() as Native
}

/** Returns why it does not work, in one line. */
export function whyNotNative(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND') return 'not installed'
  return message.split('\n')[0] ?? ''
}
