import { inspect } from 'node:util'

/** The data that a message carries: of a datagram, of a letter, or the message itself; undefined when there is none. */
export function payloadOf(message: unknown): string | Uint8Array | undefined {
  const data: unknown = isLetter(message) ? message[2] : isDatagram(message) ? message[0] : message
  return typeof data === 'string' || data instanceof Uint8Array ? data : undefined
}

/** Where a datagram came from. */
export function sourceOf(message: unknown): readonly [host: string, port: number] | undefined {
  return isDatagram(message) ? message[1] : undefined
}

/** Anything as text. */
export function inText(message: unknown): string {
  const isPlain = typeof message !== 'object' || message instanceof Error
  return isPlain ? String(message) : inspect(message, { breakLength: Infinity })
}

function isDatagram(message: unknown): message is [data: Uint8Array, from: [string, number]] {
  return Array.isArray(message) && message.length === 2 && Array.isArray(message[1])
}

function isLetter(message: unknown): message is [string, number, unknown] {
  return Array.isArray(message) && message.length === 3
}
