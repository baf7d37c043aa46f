import { inspect } from 'node:util'

/** Returns any message as text: an object as `util.inspect` shows it, on one line. */
export function textOf(message: unknown): string {
  const isPlain = typeof message !== 'object' || message instanceof Error
  return isPlain ? String(message) : inspect(message, { breakLength: Infinity })
}
