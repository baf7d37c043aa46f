import type {
  Bounds,
  DatagramSocket,
  DatagramTransport,
  OpenOptions,
  Parcel,
  Readiness,
} from '@udpng/basic-peer'
import type { Address, Datagram } from '@udpng/datagram'

/** A socket without a network: what is sent is noted, what is to arrive is put there, and it blocks on request. */
export class FakeSocket implements DatagramSocket {
  readonly address: Address
  readonly recvBufferSize: number | undefined = undefined
  readonly kernelDrops: Bounds | undefined = undefined
  readonly pending: number = 0
  /** What can be read. */
  readonly arrived: Datagram[] = []
  /** What was sent, and in which runs. */
  readonly sent: Parcel[] = []
  readonly runs: number[] = []
  /** How many parcels it takes until it would block. */
  room: number = Infinity
  /** What reading and closing meets with. */
  readError: Error | undefined
  closeError: Error | undefined
  closed = 0
  readonly watching: Map<Readiness, () => void> = new Map()
  readonly #options: OpenOptions

  constructor(options: OpenOptions) {
    this.#options = options
    this.address = [options.host, options.port || 40_000]
  }

  /** What it has sent, as text. */
  get texts(): string[] {
    return this.sent.map(({ data }) => Buffer.from(data).toString())
  }

  /** Lets datagrams arrive. */
  receive(...texts: string[]): void {
    for (const text of texts) this.arrived.push([Buffer.from(text), ['127.0.0.9', 9]])
    this.tell('read')
  }

  /** Gives the notice that was requested. */
  tell(readiness: Readiness): void {
    const notify = this.watching.get(readiness)
    this.watching.delete(readiness)
    notify?.()
  }

  read(max: number): readonly Datagram[] {
    if (this.readError) throw this.readError
    return this.arrived.splice(0, max)
  }

  send(run: readonly Parcel[]): number {
    const taken = run.slice(0, this.room)
    this.room -= taken.length
    this.runs.push(taken.length)
    this.sent.push(...taken)
    this.#options.stats.sent += taken.length
    return taken.length
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    if (notify) this.watching.set(readiness, notify)
    else this.watching.delete(readiness)
  }

  close(): void {
    this.closed++
    this.watching.clear()
    if (this.closeError) throw this.closeError
  }
}

/** Makes fake sockets, and remembers them. */
export class FakeTransport implements DatagramTransport {
  readonly name = 'fake'
  readonly opened: OpenOptions[] = []
  readonly sockets: FakeSocket[] = []
  /** What opening meets with. */
  openError: Error | undefined

  /** The last one that was opened. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }

  open(options: OpenOptions): FakeSocket {
    this.opened.push(options)
    if (this.openError) throw this.openError
    const socket = new FakeSocket(options)
    this.sockets.push(socket)
    return socket
  }
}
