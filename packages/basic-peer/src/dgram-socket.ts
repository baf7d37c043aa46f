import { createSocket, type Socket } from 'node:dgram'
import { type Address, byteLengthOf, type Datagram, isDetached } from '@udpng/datagram'
import { detachedError } from './detached-error.js'
import { isOfNetwork, isOfSend } from './icmp-errors.js'
import { findInterface, type NetworkInterface } from './network-interface.js'
import type { Notices, Notifier } from './notices.js'
import type { Bounds } from './stats.js'
import type {
  ChangeableOptions,
  DatagramSocket,
  OpenOptions,
  Parcel,
  Readiness,
} from './transport.js'
import { zoneName } from './zones.js'

/** Maximum number of parcels pending in libuv. Their outcomes come with the next turn of the event loop. */
const MAX_PENDING = 256

/** Maximum number of times that a parcel is sent again after ICMP errors about earlier ones. */
const MAX_TRIES = 64
/** Maximum number of times that it is sent again after errors that the send may have for a reason of its own. */
const MAX_UNEXPLAINED = 3

/** Sends through a `node:dgram` socket; datagrams that arrive are only counted. */
export class DgramSocket implements DatagramSocket, Notifier {
  declare address: Address
  declare recvBufferSize: number | undefined
  declare protected readonly options: OpenOptions
  declare protected readonly socket: Socket
  declare protected readonly notices: Notices
  protected closed = false
  pending = 0
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}
  #announced = false
  /** The last host with a zone, and its spelling for libuv: to find it costs as much as sending ten datagrams. */
  #zoned = { host: '', literal: '' }

  /** @param notices - of its transport */
  constructor(options: OpenOptions, notices: Notices) {
    const { family } = options
    this.options = options
    this.notices = notices
    this.socket = createSocket({
      ...options,
      type: `udp${family}`,
      // It answers at once, for hosts are literals here: so bind and send are done when they return.
      lookup: (host, _, answer) => {
        const literal = host.includes('%') ? this.#literalOf(host) : host
        const error = literal ? null : new Error(`there is no interface ${host.split('%')[1]}`)
        answer(error, literal ?? host, family)
      },
    })
  }

  /** Binds the socket and sets its options. */
  open(): this {
    const { socket, options } = this
    let failure: unknown
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error
      if (!this.address) return
      if (this.options.peer && isOfNetwork(error)) this.#refused(error)
      else options.stats.receiveErrors++
    })
    try {
      this.#bind()
      if (failure) throw failure
      this.setOptions(options)
      if (options.peer) this.#connect(options.peer)
      this.configure()
      const { address, port } = socket.address()
      this.address = [address, port]
    } catch (error) {
      this.close()
      throw error
    }
    socket.on('message', (data, { address, port }) => this.arrive(data, [address, port]))
    return this
  }

  get kernelDrops(): Bounds | undefined {
    return undefined
  }

  read(_max: number): readonly Datagram[] {
    return []
  }

  send(run: readonly Parcel[]): number {
    let taken = 0
    if (!this.closed)
      for (; taken < run.length && this.pending < MAX_PENDING; taken++) {
        const parcel = run[taken] as Parcel
        this.pending++
        this.#sendOne(parcel)
      }
    return taken
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    if (notify && this.isReady(readiness)) this.announce()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.socket.close()
  }

  setOptions({ broadcast, ttl, multicast = {} }: ChangeableOptions): void {
    const { socket } = this
    if (broadcast !== undefined) socket.setBroadcast(broadcast)
    if (ttl !== undefined) socket.setTTL(ttl)
    if (multicast.interface !== undefined) {
      const found = findInterface(multicast.interface, this.options.family)
      socket.setMulticastInterface(this.dgramName(found))
    }
    if (multicast.ttl !== undefined) socket.setMulticastTTL(multicast.ttl)
    if (multicast.loopback !== undefined) socket.setMulticastLoopback(multicast.loopback)
  }

  keepAlive(keeps: boolean): void {
    if (keeps) this.socket.ref()
    else this.socket.unref()
  }

  /** Called when the socket is bound and connected. */
  protected configure(): void {}

  /** An interface in the form of `node:dgram`: its IPv4 address, or `::%name`. */
  protected dgramName({ name, address }: NetworkInterface): string {
    return this.options.family === 6 ? `::%${name}` : address
  }

  protected arrive(_data: Buffer, _from: Address): void {
    this.options.stats.dropped.unread++
  }

  protected isReady(_readiness: Readiness): boolean {
    return this.pending < MAX_PENDING
  }

  /**
   * Schedules the notices after the I/O of this turn: libuv reads up to 32 datagrams of a socket in a row, and the reader gets
   * them as one batch.
   */
  protected announce(): void {
    if (this.#announced) return
    this.#announced = true
    this.notices.add(this)
  }

  /** Gives the notices that are due: called by `Notices` only. */
  notify(): void {
    this.#announced = false
    for (const readiness of ['read', 'write'] as const) {
      const notify = this.#notify[readiness]
      // A notice may close the socket.
      if (!notify || this.closed || !this.isReady(readiness)) continue
      this.#notify[readiness] = undefined
      notify()
    }
  }

  /**
   * Returns the host with the name of the interface as its zone, as libuv requires; undefined if there is no such interface. libuv
   * ignores an unknown zone, such as a number, and the datagram may leave on any interface (`uv_ip6_addr`, libuv 1.46).
   */
  #literalOf(host: string): string | undefined {
    if (process.platform === 'win32') return host // there it wants the number
    if (host !== this.#zoned.host) {
      const [address, zone = ''] = host.split('%')
      const name = zoneName(zone)
      if (name === undefined) return undefined
      this.#zoned = { host, literal: `${address}%${name}` }
    }
    return this.#zoned.literal
  }

  #bind(): void {
    const { socket, options } = this
    const { host: address, port, fd, family } = options
    // exclusive: in a cluster worker, too, the socket is this process's own.
    if (fd === undefined) socket.bind({ address, port, exclusive: true })
    else {
      if (fd === 0) throw new Error('node:dgram does not accept descriptor 0; use @udpng/native')
      socket.bind({ fd, exclusive: true })
      const { family: actual } = socket.address()
      if (actual !== `IPv${family}`)
        throw new Error(`it is an ${actual} socket; set family: ${actual === 'IPv6' ? 6 : 4}`)
    }
  }

  /** @throws an `Error` if the system refuses */
  #connect([host, port]: Address): void {
    const { socket, options } = this
    socket.connect(port, this.#literalOf(host) ?? host)
    try {
      socket.remoteAddress()
    } catch (cause) {
      // node:dgram gives the system's error later, as an event.
      const error = new Error('the system refused; check the route to this address', { cause })
      throw Object.assign(error, { syscall: 'connect' })
    }
    options.stats.refused ??= 0
  }

  /**
   * Sends a parcel. An ICMP error about an earlier datagram is an error of the next send of a connected socket, which then has sent
   * nothing: it is sent again, behind those that were sent meanwhile.
   *
   * @param reports - such errors that this parcel has met
   */
  #sendOne(parcel: Parcel, reports: readonly NodeJS.ErrnoException[] = []): void {
    const { data, host, port } = parcel
    const done = (error: NodeJS.ErrnoException | null): void => {
      if (!error) for (const report of reports) if (isOfSend(report)) this.#refused(report)
      if (error && this.options.peer && isOfNetwork(error)) {
        if (!isOfSend(error)) this.#refused(error)
        const met = [...reports, error]
        if (met.length <= MAX_TRIES && met.filter(isOfSend).length <= MAX_UNEXPLAINED) {
          this.#sendOne(parcel, met)
          return
        }
      }
      this.#done(parcel, error)
    }
    try {
      if (this.closed)
        throw Object.assign(new Error('the socket was closed'), { code: 'ECANCELED' })
      if (isDetached(data)) throw detachedError()
      if (this.options.peer) this.socket.send(data, done)
      else this.socket.send(data, port, host, done)
    } catch (error) {
      this.#done(parcel, error as NodeJS.ErrnoException)
    }
  }

  /** The network reported that the connected address did not get a datagram. */
  #refused(error: NodeJS.ErrnoException): void {
    const { peer, stats, onRefused } = this.options
    stats.refused = (stats.refused ?? 0) + 1
    if (!this.closed) onRefused?.(peer as Address, error)
  }

  #done(parcel: Parcel, error: NodeJS.ErrnoException | null): void {
    const { stats, onFailed, onSettled } = this.options
    if (error) onFailed(parcel, error)
    else {
      stats.sent++
      stats.sentBytes += byteLengthOf(parcel.data)
    }
    if (--this.pending === 0) onSettled()
    // Only when half of it is free, so that it is filled again in batches.
    if (this.#notify.write && this.pending <= MAX_PENDING / 2) this.announce()
  }
}
