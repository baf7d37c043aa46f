import { debuglog } from 'node:util'

/** Tells the story of the sockets to whoever asks with `NODE_DEBUG=udpng`. */
export function debug(message: unknown): void {
  debuglog('udpng')('%s', message)
}
