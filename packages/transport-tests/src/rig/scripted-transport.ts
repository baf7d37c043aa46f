import type {
  Bounds,
  DatagramSocket,
  DatagramTransport,
  OpenOptions,
  Parcel,
  Readiness,
} from '@udpng/basic-peer'
import type { Address, Datagram } from '@udpng/datagram'

/** The outcome of a parcel that was taken: sent at once, pending until `settle`, or the system's error. */
export type Fate = 'sent' | 'pending' | NodeJS.ErrnoException

/** When notices are given: `by themselves`, as soon as allowed, or `by hand`, when the test calls `tell`. */
export type Notices = 'by themselves' | 'by hand'

/** A transport without a network, whose sockets do exactly what the test scripts. */
export class ScriptedTransport implements DatagramTransport {
  readonly name = 'scripted'
  readonly sockets: ScriptedSocket[] = []
  /** What `open` throws. */
  refusal: Error | undefined
  /** Prepares a socket before its peer gets it. */
  prepare: (socket: ScriptedSocket) => void = () => {}
  readonly #notices: Notices

  constructor(notices: Notices = 'by themselves') {
    this.#notices = notices
  }

  open(options: OpenOptions): ScriptedSocket {
    if (this.refusal) throw this.refusal
    const socket = new ScriptedSocket(options, this.#notices)
    this.sockets.push(socket)
    this.prepare(socket)
    return socket
  }

  /** The only socket. */
  get socket(): ScriptedSocket {
    const [socket, ...more] = this.sockets
    if (!socket || more.length > 0) throw new Error(`${this.sockets.length} sockets were opened`)
    return socket
  }
}

/** A socket that the test scripts. */
export class ScriptedSocket implements DatagramSocket {
  readonly address: Address
  readonly options: OpenOptions
  recvBufferSize: number | undefined
  kernelDrops: Bounds | undefined
  closed = false
  /** Number of parcels that it takes before it would block. */
  credit: number = Infinity
  /** Decides the outcome of a parcel; `n` counts the parcels taken, from 0. */
  fate: (parcel: Parcel, n: number) => Fate = (): Fate => 'sent'
  /** Parcels it took, in order, and those of them that were sent. */
  readonly taken: Parcel[] = []
  readonly sent: Parcel[] = []
  /** Calls of `send` and of `read`, and those of them after `close`. */
  sends = 0
  reads = 0
  afterClose = 0
  readonly #pending: Parcel[] = []
  readonly #waiting: Datagram[] = []
  readonly #readErrors: Error[] = []
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}
  readonly #notices: Notices

  constructor(options: OpenOptions, notices: Notices) {
    this.options = options
    this.address = [options.host, options.port || 50_000]
    this.#notices = notices
  }

  get pending(): number {
    return this.#pending.length
  }

  read(max: number): readonly Datagram[] {
    this.reads++
    if (this.closed) this.afterClose++
    const error = this.#readErrors.shift()
    if (error) throw error
    return this.#waiting.splice(0, max)
  }

  send(run: readonly Parcel[]): number {
    this.sends++
    if (this.closed) this.afterClose++
    let n = 0
    for (; n < run.length && this.credit > 0; n++, this.credit--) {
      const parcel = run[n] as Parcel
      const fate = this.fate(parcel, this.taken.length)
      this.taken.push(parcel)
      if (fate === 'pending') this.#pending.push(parcel)
      else this.#finish(parcel, fate)
    }
    return n
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    this.#announce()
  }

  /** Closes. Pending parcels fail shortly afterwards, or, by hand, have any outcome. */
  close(): void {
    if (this.closed) return
    this.closed = true
    this.options.stats.dropped.unread += this.#waiting.length
    if (this.#notices === 'by themselves')
      queueMicrotask(() => this.settle(Infinity, systemError('ECANCELED')))
  }

  /** Adds datagrams to read. */
  arrive(...datagrams: Datagram[]): void {
    if (this.closed) return
    if (this.options.receive) this.#waiting.push(...datagrams)
    else this.options.stats.dropped.unread += datagrams.length
    this.#announce()
  }

  /** Makes the next read fail. */
  failRead(error: Error): void {
    this.#readErrors.push(error)
    this.#announce()
  }

  /** Lets it take `credit` more parcels. */
  allow(credit: number): void {
    this.credit = credit
    this.#announce()
  }

  /** Gives the parcels that are pending longest their outcome. */
  settle(count: number = Infinity, fate: 'sent' | NodeJS.ErrnoException = 'sent'): void {
    const parcels = this.#pending.splice(0, count)
    for (const parcel of parcels) this.#finish(parcel, fate)
    if (parcels.length > 0 && this.#pending.length === 0) this.options.onSettled()
  }

  /** Gives the notices that are due. */
  tell(): void {
    for (const [readiness, ready] of [
      ['read', this.#waiting.length + this.#readErrors.length > 0],
      ['write', this.credit > 0],
    ] as const) {
      const notify = this.#notify[readiness]
      if (!ready || !notify || this.closed) continue
      this.#notify[readiness] = undefined
      notify()
    }
  }

  #announce(): void {
    if (this.#notices === 'by themselves') setImmediate(() => this.tell())
  }

  #finish(parcel: Parcel, fate: 'sent' | NodeJS.ErrnoException): void {
    const { stats, onFailed } = this.options
    if (fate === 'sent') {
      this.sent.push(parcel)
      stats.sent++
      stats.sentBytes += parcel.data.length
    } else onFailed(parcel, fate)
  }
}

/** Creates an error like those of Node.js for a failed system call. */
export function systemError(code: string, syscall = 'send'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: -1 })
}
