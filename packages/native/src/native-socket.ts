import { networkInterfaces } from 'node:os'
import type {
  Address,
  Datagram,
  DatagramSocket,
  Family,
  OpenOptions,
  Parcel,
  Readiness,
} from '@udpng/basic-peer'
import { type Addon, type Handle, MOST_SLOTS, NAME_BYTES, READABLE, WRITABLE } from './addon.js'
import { cut, type Incoming, type Piece } from './incoming.js'
import {
  EAGAIN,
  EMSGSIZE,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVERR,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  MCAST_JOIN_GROUP,
  SO_BROADCAST,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOL_SOCKET,
  SOL_UDP,
  UDP_GRO,
} from './linux.js'
import type { Outgoing } from './outgoing.js'
import { systemError } from './system-error.js'

/** Slots of a read that expects little. */
const FEWEST_SLOTS = 4

/** Reads in a row that only count, so that whoever floods a socket that nobody reads stops nothing else. */
const MOST_COUNTING_READS = 256

/** What the sockets of one transport share. */
export interface Shared {
  readonly addon: Addon
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  /** Whether the kernel cuts messages into datagrams (GSO), and puts datagrams together for the reader (GRO). */
  readonly segmentation: boolean
  readonly coalescing: boolean
}

/** A UDP socket that sends and receives many datagrams with one system call. */
export class NativeSocket implements DatagramSocket {
  readonly address: Address
  readonly recvBufferSize: number | undefined
  readonly #options: OpenOptions
  readonly #shared: Shared
  readonly #handle: Handle
  #closed = false
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}
  #notice: NodeJS.Immediate | undefined
  #watched = 0
  /** What was read and is not yet cut into datagrams. */
  readonly #pieces: Piece[] = []
  /** Taken, but not yet sent: the socket would block. */
  #left: Parcel[] = []
  #segmentation: boolean
  #coalescing = false
  /**
   * Datagrams in a piece of the last read. Who reads no more than is wanted finds it in the processor's cache: at 1200 bytes
   * that makes half as many again.
   */
  #each = 1
  /** Slots of the next read: to prepare one takes time, used or not. */
  #slots = FEWEST_SLOTS
  /** Errors that reads told of, and that are counted: they will come off the error queue, too. */
  #told = 0
  #drops: number | undefined
  #lastDrops = 0

  /** @throws the system's error, when it cannot be opened, bound or set up; then nothing is left open */
  constructor(shared: Shared, options: OpenOptions) {
    this.#shared = shared
    this.#options = options
    this.#segmentation = shared.segmentation
    const handle = shared.addon.open(options.family, (events, errors) =>
      this.#onReady(events, errors),
    )
    if (typeof handle === 'number') throw systemError('socket', -handle)
    this.#handle = handle
    try {
      this.#setUp()
      this.address = this.#bind()
      this.#setUpMulticast()
      // Linux doubles the size it is asked for, to have room for its own bookkeeping: socket(7).
      const size = this.#get(SOL_SOCKET, SO_RCVBUF, 4)
      this.recvBufferSize = size && size.readInt32LE() / 2
    } catch (error) {
      this.close()
      throw error
    }
    if (!options.receive) this.#watch(READABLE)
  }

  get pending(): number {
    return this.#left.length
  }

  get kernelDrops(): number | undefined {
    const bytes = this.#closed ? undefined : this.#get(SOL_SOCKET, SO_MEMINFO, 36)
    if (bytes) {
      const now = bytes.readUInt32LE(32)
      this.#drops = (this.#drops ?? 0) + ((now - this.#lastDrops) >>> 0) // it counts to 2^32, and then from 0 again
      this.#lastDrops = now
    }
    return this.#drops
  }

  read(max: number): readonly Datagram[] {
    const datagrams: Datagram[] = []
    cut(this.#pieces, max, datagrams)
    while (!this.#closed && datagrams.length < max && this.#fill(max - datagrams.length))
      cut(this.#pieces, max, datagrams)
    cut(this.#pieces, max, datagrams)
    return datagrams
  }

  send(run: readonly Parcel[]): number {
    if (this.#closed || this.#left.length > 0) return 0
    const rest = this.#flush(run)
    if (rest.length > 0) {
      this.#left = rest
      this.#watch(this.#watched | WRITABLE)
    }
    return run.length
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    if (!notify || this.#closed) return
    if (readiness === 'read' ? this.#pieces.length > 0 : this.#left.length === 0) this.#announce()
    else if (readiness === 'read') this.#watch(this.#watched | READABLE)
  }

  close(): void {
    if (this.#closed) return
    this.#discard()
    void this.kernelDrops
    this.#closed = true
    clearImmediate(this.#notice)
    this.#shared.addon.close(this.#handle)
    const { onFailed } = this.#options
    for (const parcel of this.#left.splice(0))
      onFailed(parcel, Object.assign(new Error('the socket was closed'), { code: 'ECANCELED' }))
  }

  #setUp(): void {
    const { family, reuseAddr, reusePort, ipv6Only, broadcast, ttl } = this.#options
    const { recvBufferSize, sendBufferSize } = this.#options
    if (reuseAddr) this.#set(SOL_SOCKET, SO_REUSEADDR, 1)
    if (reusePort) this.#set(SOL_SOCKET, SO_REUSEPORT, 1)
    if (broadcast) this.#set(SOL_SOCKET, SO_BROADCAST, 1)
    if (recvBufferSize) this.#set(SOL_SOCKET, SO_RCVBUF, recvBufferSize)
    if (sendBufferSize) this.#set(SOL_SOCKET, SO_SNDBUF, sendBufferSize)
    this.#set(IPPROTO_IP, IP_RECVERR, 1)
    if (family === 6) {
      this.#set(IPPROTO_IPV6, IPV6_V6ONLY, ipv6Only ? 1 : 0)
      this.#set(IPPROTO_IPV6, IPV6_RECVERR, 1)
      if (ttl) this.#set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
    } else if (ttl) this.#set(IPPROTO_IP, IP_TTL, ttl)
  }

  #bind(): Address {
    const { addon } = this.#shared
    const { host, port } = this.#options
    const name = Buffer.alloc(NAME_BYTES)
    if (!addon.pack(host, port, name, 0))
      throw new Error(`there is no interface ${host.split('%')[1]}`)
    const bound = addon.bind(this.#handle, name)
    if (bound < 0) throw systemError('bind', -bound, host, port)
    addon.nameOf(this.#handle, name)
    return [addon.hostOf(name, 0), name.readUInt16BE(2)]
  }

  #setUpMulticast(): void {
    const { family, multicast = {} } = this.#options
    const { groups = [], ttl, loopback } = multicast
    const { addon } = this.#shared
    const six = family === 6
    const level = six ? IPPROTO_IPV6 : IPPROTO_IP
    let index = 0
    if (multicast.interface !== undefined) {
      const [name, address] = findInterface(multicast.interface, family)
      const scoped = Buffer.alloc(NAME_BYTES)
      addon.pack(`fe80::%${name}`, 0, scoped, 0)
      index = scoped.readInt32LE(24) // sin6_scope_id
      if (six) this.#set(level, IPV6_MULTICAST_IF, index)
      else {
        // struct ip_mreqn: group, address, index; the address is what datagrams to groups come from
        const choice = Buffer.alloc(12)
        addon.pack(address, 0, scoped, 0)
        scoped.copy(choice, 4, 4, 8)
        choice.writeInt32LE(index, 8)
        this.#setBytes(level, IP_MULTICAST_IF, choice)
      }
    }
    if (ttl !== undefined) this.#set(level, six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, ttl)
    if (loopback !== undefined)
      this.#set(level, six ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP, loopback ? 1 : 0)
    for (const group of groups) {
      // struct group_req: index, padding, sockaddr_storage
      const request = Buffer.alloc(136)
      request.writeInt32LE(index)
      addon.pack(group, 0, request.subarray(8), 0)
      this.#setBytes(level, MCAST_JOIN_GROUP, request, 'addMembership')
    }
  }

  #set(level: number, option: number, value: number): void {
    this.#setBytes(level, option, int(value))
  }

  #setBytes(level: number, option: number, bytes: Uint8Array, syscall = 'setsockopt'): void {
    const result = this.#shared.addon.setOption(this.#handle, level, option, bytes)
    if (result < 0) throw systemError(syscall, -result)
  }

  /** Undefined when the kernel does not know the option. */
  #get(level: number, option: number, size: number): Buffer | undefined {
    const bytes = Buffer.alloc(size)
    const read = this.#shared.addon.getOption(this.#handle, level, option, bytes)
    return read === size ? bytes : undefined
  }

  #watch(events: number): void {
    if (events === this.#watched) return
    this.#watched = events
    this.#shared.addon.watch(this.#handle, events)
  }

  #onReady(events: number, errors: number): void {
    const { stats, receive, onSettled } = this.#options
    if (errors > 0) {
      stats.receiveErrors += Math.max(0, errors - this.#told)
      this.#told = 0
    }
    if (events & WRITABLE && this.#left.length > 0) {
      this.#left = this.#flush(this.#left)
      if (this.#left.length === 0) {
        this.#watch(this.#watched & ~WRITABLE)
        onSettled()
      }
    }
    if (events & READABLE && !receive) this.#discard()
    // Nobody asks: it stays readable, and would say so for ever.
    else if (events & READABLE && !this.#notify.read) this.#watch(this.#watched & ~READABLE)
    this.#tell('read', (events & READABLE) > 0)
    this.#tell('write', this.#left.length === 0)
  }

  /** Gives the notices that are due without asking the system. */
  #announce(): void {
    this.#notice ??= setImmediate(() => {
      this.#notice = undefined
      this.#tell('read', this.#pieces.length > 0)
      this.#tell('write', this.#left.length === 0)
    })
  }

  #tell(readiness: Readiness, ready: boolean): void {
    const notify = this.#notify[readiness]
    if (!notify || !ready || this.#closed) return
    this.#notify[readiness] = undefined
    notify()
  }

  /** Reads once, for at least one and about `wanted` datagrams. False when no more wait. */
  #fill(wanted: number): boolean {
    const { stats } = this.#options
    const count = Math.min(Math.ceil(wanted / this.#each), this.#slots)
    const before = this.#pieces.length
    const readOnce = (): number => this.#shared.incoming.read(this.#handle, count, this.#pieces)
    let read = readOnce()
    // What the network told of an earlier datagram, most often: it is told once, and the data is still there.
    if (read < 0) {
      stats.receiveErrors++
      this.#told++
      read = readOnce()
    }
    const pieces = this.#pieces.length - before
    if (read < 0) stats.receiveErrors++
    else stats.receiveErrors += read - pieces
    if (pieces > 0) {
      let datagrams = 0
      for (let i = before; i < this.#pieces.length; i++) datagrams += this.#pieces[i]?.left ?? 0
      this.#each = datagrams / pieces
    }
    this.#slots = read === count ? Math.min(2 * count, MOST_SLOTS) : Math.max(read, FEWEST_SLOTS)
    if (read === MOST_SLOTS && !this.#coalescing) this.#coalesce()
    return read === count
  }

  /** Counts what was read and what waits as unread. */
  #discard(): void {
    const { dropped } = this.#options.stats
    for (let reads = 0, more = true; more; reads++) {
      more = reads < MOST_COUNTING_READS && this.#fill(MOST_SLOTS * this.#each)
      for (const { left } of this.#pieces.splice(0)) dropped.unread += left
    }
  }

  /**
   * Lets the kernel put datagrams together, from the first flow on: not before, for of those that are together and find no
   * room it counts one. And for good: those that wait would else come in one piece, and nobody could tell where to cut.
   */
  #coalesce(): void {
    this.#coalescing = true
    if (this.#shared.coalescing) this.#set(SOL_UDP, UDP_GRO, 1)
  }

  /** Sends, and returns what is left when the socket would block. */
  #flush(run: readonly Parcel[]): Parcel[] {
    const { addon, outgoing } = this.#shared
    const most = this.#options.family === 6 ? 65527 : 65507
    let singly = 0
    for (let from = 0; from < run.length && !this.#closed; ) {
      const taken = outgoing.stage(run, from, { most, segments: this.#segmentation, singly })
      singly = 0
      for (const parcel of outgoing.lost) {
        const scope = parcel.host.split('%')[1]
        this.#options.onFailed(parcel, new Error(`there is no interface ${scope}`))
      }
      const { bytes, names, rows, count, starts, parcels } = outgoing
      const done = addon.send(this.#handle, bytes, names.bytes, rows, 0, count)
      const status = done < count ? outgoing.statusOf(done) : 0
      this.#settle(done)
      from += taken
      if (status === 0) continue
      const rest = [...parcels.slice(starts[done]), ...run.slice(from)]
      if (status === EAGAIN) return rest
      // The kernel does not cut this message: its datagrams go out one by one.
      if (status !== EMSGSIZE) this.#segmentation = false
      singly = (starts[done + 1] as number) - (starts[done] as number)
      run = rest
      from = 0
    }
    return []
  }

  /** Counts the first `done` messages, and tells of those that the system refused. */
  #settle(done: number): void {
    const { stats, onFailed } = this.#options
    const { outgoing } = this.#shared
    const { starts, parcels } = outgoing
    for (let row = 0; row < done; row++) {
      const [first, end] = [starts[row] as number, starts[row + 1] as number]
      const status = outgoing.statusOf(row)
      if (status === 0) {
        stats.sent += end - first
        stats.sentBytes += outgoing.lengthOf(row)
      } else
        for (const parcel of parcels.slice(first, end))
          onFailed(parcel, systemError('send', status, parcel.host, parcel.port))
    }
  }
}

/** An interface, given by name or by one of its addresses of this family: its name and that address. */
function findInterface(given: string, family: Family): [name: string, address: string] {
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    for (const { family: kind, address } of addresses)
      if (kind === `IPv${family}` && [name, address, `${address}%${name}`].includes(given))
        return [name, address]
  throw new Error(`this machine has no interface ${given} that speaks IPv${family}`)
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
