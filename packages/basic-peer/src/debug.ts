import { debuglog } from 'node:util'

const log = /* @__PURE__ */ debuglog('udpng')

/** Logs a message to standard error if `NODE_DEBUG` contains `udpng`. */
export function debug(message: unknown): void {
  log('%s', message)
}
