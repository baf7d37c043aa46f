import * as dgram from 'node:dgram'
import { Socket as BatchedSocket, type SocketConstructor } from './socket.js'
import type { SocketStats } from './stats.js'

type Listener = (data: Buffer, from: dgram.RemoteInfo) => void

/** A socket of `node:dgram`, with counters. */
export interface Socket extends dgram.Socket {
  /**
   * What became of its datagrams so far, also after the close. Undefined if `UDPNG_DGRAM` is `off`.
   */
  readonly stats?: SocketStats
}

/** The class of the sockets; that of `node:dgram` itself if the environment variable `UDPNG_DGRAM` is `off`. */
export const Socket: SocketConstructor = /* @__PURE__ */ socketClass()

function socketClass(): SocketConstructor {
  return process.env['UDPNG_DGRAM'] === 'off'
    ? (dgram.Socket as unknown as SocketConstructor)
    : BatchedSocket
}

/**
 * Creates a socket, as `createSocket` of `node:dgram` does, with the same options, events, errors and defaults. When it is bound, the
 * native transport moves its datagrams in batches. If that does not work on this machine, or the environment variable
 * `UDPNG_TRANSPORT` is `dgram`, then `node:dgram` moves them itself.
 *
 * @param type - `udp4` or `udp6`, or options with this `type`
 * @param listener - for the event `message`
 * @throws what `createSocket` of `node:dgram` throws, such as `ERR_SOCKET_BAD_TYPE`
 * @see https://nodejs.org/api/dgram.html
 */
export function createSocket(
  type: dgram.SocketType | dgram.SocketOptions,
  listener?: Listener,
): Socket {
  return new Socket(type, listener)
}
