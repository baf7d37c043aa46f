import type { Addon, Handle } from './addon.js'
import { systemError } from './system-error.js'

/**
 * Sets an option of a socket.
 *
 * @param value - an `int`, or the bytes of the option
 * @throws the system's error, with the name of this call
 */
export function setOption(
  addon: Addon,
  handle: Handle,
  level: number,
  option: number,
  value: number | Uint8Array,
  syscall = 'setsockopt',
): void {
  const result = addon.setOption(handle, level, option, bytesOf(value))
  if (result < 0) throw systemError(syscall, -result)
}

function bytesOf(value: number | Uint8Array): Uint8Array {
  if (typeof value !== 'number') return value
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
