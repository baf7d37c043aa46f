import { inspect } from 'node:util'

/** Any message as text: an object as `util.inspect` shows it, in one line. */
export function textOf(message: unknown): string {
  const isPlain = typeof message !== 'object' || message instanceof Error
  return isPlain ? String(message) : inspect(message, { breakLength: Infinity })
}
