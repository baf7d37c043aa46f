import type { ErrorPicture } from '../../src/protocol.js'

/** What an error says, where its component is named already. */
export function errorText({ message }: ErrorPicture, component: string): string {
  const start = `${component} failed: `
  return message.startsWith(start) ? message.slice(start.length) : message
}
