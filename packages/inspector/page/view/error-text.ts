import type { ErrorPicture } from '../../src/protocol.js'

/** The message of an error, without the name of its component. */
export function errorText({ message }: ErrorPicture, component: string): string {
  const start = `${component} failed: `
  return message.startsWith(start) ? message.slice(start.length) : message
}
