import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from './socket.js'
import type { SocketStats } from './stats.js'

/** Number of sockets at which those that are closed are first looked for. */
const FIRST_SWEEP = 100

/** Follows the sockets of this process or worker thread that are created from now on. Closed ones are forgotten. */
export class OpenSockets {
  readonly #sockets = new Map<Socket, number>()
  readonly #onClosed: (stats: SocketStats, id: number) => void
  #created = 0
  #limit = FIRST_SWEEP

  /**
   * @param onCreated - called with each new socket
   * @param onClosed - called with the final counters of a closed socket, and its number in the order of creation
   */
  constructor(
    onClosed: (stats: SocketStats, id: number) => void,
    onCreated: () => void = () => {},
  ) {
    this.#onClosed = onClosed
    subscribe('udp.socket', (message) => {
      const { socket } = message as { socket: Socket }
      if (!('stats' in socket)) return // created by what had `node:dgram` before it was replaced
      this.#sockets.set(socket, this.#created++)
      onCreated()
      if (this.#sockets.size < this.#limit) return
      this.sweep()
      this.#limit = Math.max(FIRST_SWEEP, 2 * this.#sockets.size)
    })
  }

  /** The open sockets with their numbers, the oldest first; those that were closed since the last `sweep` are there, too. */
  [Symbol.iterator](): IterableIterator<[socket: Socket, id: number]> {
    return this.#sockets.entries()
  }

  get size(): number {
    return this.#sockets.size
  }

  /** Forgets sockets that are closed, so that memory is bounded. */
  sweep(): void {
    for (const [socket, id] of this.#sockets) {
      if (!isClosed(socket)) continue
      this.#sockets.delete(socket)
      this.#onClosed(socket.stats, id)
    }
  }
}

function isClosed(socket: Socket): boolean {
  try {
    socket.address()
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_SOCKET_DGRAM_NOT_RUNNING'
  }
}
