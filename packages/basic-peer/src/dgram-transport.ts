import { createSocket, type Socket } from 'node:dgram'
import type { Address, Datagram, Family } from './address.js'
import { KernelDrops } from './kernel-drops.js'
import { findInterface } from './network-interface.js'
import type {
  DatagramSocket,
  DatagramTransport,
  OpenOptions,
  Parcel,
  Readiness,
} from './transport.js'

/** `node:dgram` cannot stop reading: so much is kept while nobody takes it, the rest is dropped. */
const READ_BUFFER_DATAGRAMS = 1024
const READ_BUFFER_BYTES = 4 * 1024 * 1024
/** Parcels that libuv may hold at a time. Their outcomes come with the next turn of the event loop. */
const MOST_PENDING = 256

/**
 * UDP through `node:dgram`: works everywhere. One system call and one callback per datagram.
 *
 * It cannot stop the socket, so while nobody reads it keeps at most 1024 datagrams or 4 MiB, and counts what
 * does not fit as `readBufferFull`. What the kernel itself dropped comes from `/proc/net/udp`.
 */
export const dgramTransport: DatagramTransport = {
  name: 'dgram',
  open: (options) => new DgramSocket(options),
}

class DgramSocket implements DatagramSocket {
  readonly address: Address
  readonly recvBufferSize: number | undefined
  readonly #options: OpenOptions
  readonly #socket: Socket
  readonly #kernel: KernelDrops
  #arrived: Datagram[] = []
  #arrivedBytes = 0
  #pending = 0
  #closed = false
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}
  #notice: NodeJS.Immediate | undefined

  constructor(options: OpenOptions) {
    const { family, host, port } = options
    if (options.reusePort && !knowsReusePort())
      throw new Error('reusePort needs Node.js 22.12 or later, or @udpng/native')
    this.#options = options
    this.#kernel = new KernelDrops(family)
    // `lookup` answers at once, for the host is a literal: so bind and send are done when they return.
    const socket = createSocket({
      type: `udp${family}`,
      reuseAddr: options.reuseAddr ?? false,
      ipv6Only: options.ipv6Only ?? false,
      ...(options.reusePort && { reusePort: true }),
      lookup: (literal, _, answer) => answer(null, literal, family),
    })
    this.#socket = socket
    let failure: unknown
    const onBindError = (error: unknown): void => {
      failure = error
    }
    socket.on('error', onBindError)
    try {
      // exclusive: in a cluster worker, too, the socket is this process's own.
      socket.bind({ address: host, port, exclusive: true })
      if (failure) throw failure
      this.#configure(socket, family)
      const bound = socket.address()
      this.address = [bound.address, bound.port]
      // Linux doubles the size it is asked for, to have room for its own bookkeeping: socket(7).
      this.recvBufferSize = socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1)
      this.#kernel.bound(bound.port)
    } catch (error) {
      this.close()
      throw error
    }
    socket.off('error', onBindError)
    socket.on('error', () => options.stats.receiveErrors++)
    socket.on('message', (data, { address, port }) => this.#keep(data, address, port))
  }

  get pending(): number {
    return this.#pending
  }

  get kernelDrops(): number | undefined {
    return this.#kernel.count
  }

  read(max: number): readonly Datagram[] {
    let batch = this.#arrived
    if (max < batch.length) batch = batch.splice(0, max)
    else this.#arrived = []
    for (const [data] of batch) this.#arrivedBytes -= data.length
    return batch
  }

  send(run: readonly Parcel[]): number {
    if (this.#closed) return 0
    let taken = 0
    for (; taken < run.length && this.#pending < MOST_PENDING; taken++) {
      const parcel = run[taken] as Parcel
      this.#pending++
      try {
        this.#socket.send(parcel.data, parcel.port, parcel.host, (error) =>
          this.#done(parcel, error),
        )
      } catch (error) {
        this.#done(parcel, error as NodeJS.ErrnoException)
      }
    }
    return taken
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    if (notify && (readiness === 'write' || this.#arrived.length > 0)) this.#announce()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.stats.dropped.unread += this.#arrived.length
    this.#arrived = []
    clearImmediate(this.#notice)
    void this.kernelDrops // the last word, while the kernel still knows the socket
    this.#socket.close()
  }

  #configure(socket: Socket, family: Family): void {
    const { recvBufferSize, sendBufferSize, broadcast, ttl, multicast = {} } = this.#options
    if (recvBufferSize !== undefined) socket.setRecvBufferSize(recvBufferSize)
    if (sendBufferSize !== undefined) socket.setSendBufferSize(sendBufferSize)
    if (broadcast) socket.setBroadcast(true)
    if (ttl !== undefined) socket.setTTL(ttl)
    const on = multicast.interface && findInterface(multicast.interface, family)
    if (on) socket.setMulticastInterface(on)
    if (multicast.ttl !== undefined) socket.setMulticastTTL(multicast.ttl)
    if (multicast.loopback !== undefined) socket.setMulticastLoopback(multicast.loopback)
    for (const group of multicast.groups ?? []) socket.addMembership(group, on)
  }

  #keep(data: Buffer, host: string, port: number): void {
    const { receive, stats } = this.#options
    if (this.#closed) return
    if (!receive) stats.dropped.unread++
    else if (
      this.#arrived.length >= READ_BUFFER_DATAGRAMS ||
      this.#arrivedBytes + data.length > READ_BUFFER_BYTES
    )
      stats.dropped.readBufferFull++
    else {
      this.#arrivedBytes += data.length
      this.#arrived.push([data, [host, port]])
      if (this.#notify.read) this.#announce()
    }
  }

  #done(parcel: Parcel, error: NodeJS.ErrnoException | null): void {
    const { stats, onFailed, onSettled } = this.#options
    if (error) onFailed(parcel, error)
    else {
      stats.sent++
      stats.sentBytes += parcel.data.length
    }
    if (--this.#pending === 0) onSettled()
    // Half empty, not at once: so that it is filled again by the batch.
    if (this.#notify.write && this.#pending <= MOST_PENDING / 2) this.#announce()
  }

  /**
   * Gives notice once this turn's I/O is through: libuv reads up to 32 datagrams of a socket in a
   * row, and the reader gets them as one batch.
   */
  #announce(): void {
    if (!this.#closed)
      this.#notice ??= setImmediate(() => {
        this.#notice = undefined
        this.#tell('read', this.#arrived.length > 0)
        this.#tell('write', this.#pending < MOST_PENDING)
      })
  }

  #tell(readiness: Readiness, ready: boolean): void {
    const notify = this.#notify[readiness]
    if (!ready || !notify) return
    this.#notify[readiness] = undefined
    notify()
  }
}

/** node:dgram has `reusePort` since 22.12, with libuv 1.49; before, it ignores it without a word. */
function knowsReusePort(): boolean {
  return Number(process.versions.uv.split('.')[1]) >= 49
}
