import type { Handle } from '../src/handle.js'

/** A handle that does nothing, but for the given functions. */
export function fakeHandle(functions: Partial<Handle> = {}): Handle {
  return {
    fd: 3,
    onmessage: () => {},
    open: () => 0,
    recvStop: () => 0,
    send: () => 0,
    connect: () => 0,
    disconnect: () => 0,
    close: () => {},
    ref: () => {},
    unref: () => {},
    hasRef: () => true,
    getSendQueueSize: () => 0,
    getSendQueueCount: () => 0,
    ...functions,
  }
}
