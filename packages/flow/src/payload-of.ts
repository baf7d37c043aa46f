import { inspect } from 'node:util'

/** The payload of a message: of a datagram, of a letter, or the message itself; undefined for anything else. */
export function payloadOf(message: unknown): string | Uint8Array | undefined {
  const data: unknown = isLetter(message) ? message[2] : isDatagram(message) ? message[0] : message
  return typeof data === 'string' || data instanceof Uint8Array ? data : undefined
}

/** The sender of a datagram; undefined for anything else. */
export function senderOf(message: unknown): readonly [host: string, port: number] | undefined {
  return isDatagram(message) ? message[1] : undefined
}

/** Any message as text: an object as `util.inspect` shows it, in one line. */
export function textOf(message: unknown): string {
  const isPlain = typeof message !== 'object' || message instanceof Error
  return isPlain ? String(message) : inspect(message, { breakLength: Infinity })
}

function isDatagram(message: unknown): message is [data: Uint8Array, from: [string, number]] {
  return Array.isArray(message) && message.length === 2 && Array.isArray(message[1])
}

function isLetter(message: unknown): message is [string, number, unknown] {
  return Array.isArray(message) && message.length === 3
}
