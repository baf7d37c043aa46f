import type {
  Bounds,
  Capability,
  ChangeableOptions,
  DatagramSocket,
  DatagramTransport,
  Membership,
  OpenOptions,
  Parcel,
  Readiness,
} from '@udpng/basic-peer'
import type { Address, Datagram } from '@udpng/datagram'

/** Records the calls of another transport, and changes nothing. */
export class WatchedTransport implements DatagramTransport {
  readonly name: string
  readonly capabilities: readonly Capability[]
  readonly sockets: WatchedSocket[] = []
  readonly #transport: DatagramTransport

  constructor(transport: DatagramTransport) {
    this.#transport = transport
    this.name = transport.name
    this.capabilities = transport.capabilities ?? []
  }

  open(options: OpenOptions): WatchedSocket {
    const socket = new WatchedSocket(this.#transport.open(options), options)
    this.sockets.push(socket)
    return socket
  }

  /** Number of open sockets. */
  get living(): number {
    return this.sockets.filter(({ closed }) => !closed).length
  }
}

/** A socket with counters of its calls. */
export class WatchedSocket implements DatagramSocket {
  readonly options: OpenOptions
  readonly #socket: DatagramSocket
  closed = false
  /** Calls of `send`, and parcels it took. */
  sends = 0
  taken = 0
  /** Calls of `read`, and datagrams it gave. */
  reads = 0
  given = 0
  /** Calls of `read` and `send` after `close`. A `watch` may come late, by way of the Selector. */
  afterClose = 0

  constructor(socket: DatagramSocket, options: OpenOptions) {
    this.#socket = socket
    this.options = options
  }

  get address(): Address {
    return this.#socket.address
  }

  get recvBufferSize(): number | undefined {
    return this.#socket.recvBufferSize
  }

  get pending(): number {
    return this.#socket.pending
  }

  get kernelDrops(): Bounds | undefined {
    return this.#socket.kernelDrops
  }

  read(max: number): readonly Datagram[] {
    if (this.closed) this.afterClose++
    this.reads++
    const batch = this.#socket.read(max)
    this.given += batch.length
    return batch
  }

  send(run: readonly Parcel[]): number {
    if (this.closed) this.afterClose++
    this.sends++
    const taken = this.#socket.send(run)
    this.taken += taken
    return taken
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#socket.watch(readiness, notify)
  }

  join(membership: Membership): void {
    this.#socket.join?.(membership)
  }

  leave(membership: Membership): void {
    this.#socket.leave?.(membership)
  }

  setOptions(options: ChangeableOptions): void {
    this.#socket.setOptions?.(options)
  }

  keepAlive(keeps: boolean): void {
    this.#socket.keepAlive?.(keeps)
  }

  close(): void {
    this.closed = true
    this.#socket.close()
  }
}
