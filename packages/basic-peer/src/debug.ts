import { debuglog } from 'node:util'

const log = /* @__PURE__ */ debuglog('udpng')

/** Logs the life of the sockets to standard error when `NODE_DEBUG` contains `udpng`. */
export function debug(message: unknown): void {
  log('%s', message)
}
