import type { ChangeableOptions, Membership, OpenOptions } from '@udpng/basic-peer'
import { type Address, MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { BatchSocket } from './batch-socket.js'
import type { Shared } from './shared.js'
import { SocketOptions } from './socket-options.js'

/** A UDP socket. */
export class NativeSocket extends BatchSocket {
  readonly address: Address
  readonly recvBufferSize: number | undefined
  readonly #settings: SocketOptions

  /** @throws the system's error if the socket cannot be opened, bound or set up; then nothing is left open */
  constructor(shared: Shared, options: OpenOptions) {
    const { addon } = shared
    const { fd, family } = options
    super(shared, options, {
      open: (notify) =>
        fd === undefined ? addon.open(family, notify) : addon.adopt(fd, family, notify),
      syscall: fd === undefined ? 'socket' : 'open',
      most: MAX_PAYLOAD_BYTES[family],
      connected: options.peer !== undefined,
    })
    this.#settings = new SocketOptions(shared, this.handle, options)
    this.address = this.setUp(() => this.#settings.apply())
    this.recvBufferSize = this.#settings.recvBufferSize
  }

  join(membership: Membership): void {
    this.#settings.join(membership)
  }

  leave(membership: Membership): void {
    this.#settings.leave(membership)
  }

  setOptions(options: ChangeableOptions): void {
    this.#settings.change(options)
  }

  protected override release(): void {
    this.#settings.close()
  }
}
