import { debuglog } from 'node:util'

const log = /* @__PURE__ */ debuglog('udpng')

/** Tells the story of the sockets to whoever asks with `NODE_DEBUG=udpng`. */
export function debug(message: unknown): void {
  log('%s', message)
}
