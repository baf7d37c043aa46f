import {
  type Bounds,
  type Capability,
  type ChangeableOptions,
  type DatagramSocket,
  detachedError,
  exactly,
  type JoinedInterface,
  type Membership,
  Memberships,
  type OpenOptions,
  type Parcel,
  type Readiness,
} from '@udpng/basic-peer'
import {
  type Address,
  byteLengthOf,
  type Datagram,
  type DatagramDetails,
  type Family,
  isDetached,
  MAX_PAYLOAD_BYTES,
} from '@udpng/datagram'
import { LINK, literalFor, type Parsed, parse } from './addresses.js'
import type { Packet } from './packet.js'
import { type SystemCode, systemError } from './system-error.js'

/** Default size of a receive buffer on Linux (net.core.rmem_default). */
const DEFAULT_BUFFER_BYTES = 212_992
/** Memory that a kernel charges for a datagram in addition to its bytes. */
const BOOKKEEPING_BYTES = 704

/** What its sockets can do in addition to sending and receiving. */
export const CAPABILITIES: readonly Capability[] = [
  'connect',
  'details',
  'keepAlive',
  'memberships',
  'ownGroups',
  'setOptions',
  'sourceAddress',
]

/** The interface of a host for its sockets. */
export interface SocketHost {
  /** Whether a send would block now, for once. */
  blocks(): boolean
  /** Finds an interface by name or by address, or throws an `Error`. */
  interface(given: string, family: Family): JoinedInterface
  /** The details of an arriving datagram. */
  detailsOf(family: Family, packet: Packet): DatagramDetails
  /** Sends a datagram; returns why it cannot be sent. */
  send(socket: VirtualSocket, parcel: Parcel): SystemCode | Error | undefined
  /** The socket was closed. */
  release(socket: VirtualSocket): void
}

/** A UDP socket of a simulated host. */
export class VirtualSocket implements DatagramSocket {
  readonly address: Address
  readonly recvBufferSize: number
  readonly pending = 0
  /** Those that it was opened with, changed by `setOptions`. */
  options: OpenOptions
  /** The local address. */
  readonly bound: Parsed
  /** The groups that it has joined, by `groupOn`, and for each the senders that it hears; undefined: all. */
  readonly #groups = new Map<string, Set<string | undefined>>()
  readonly #memberships: Memberships
  readonly #host: SocketHost
  /** Datagrams that have arrived and are not read. */
  readonly #queue: Datagram[] = []
  /** Memory charged for the datagrams in the queue. */
  #weight = 0
  /** Datagrams for which there was no room. */
  #drops = 0
  /** Datagrams that are no longer in the queue: read, or counted as unread. */
  #gone = 0
  #closed = false
  #announced = false
  /** The last refused destination, while its notice is pending. */
  #refusal: Address | undefined
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}

  /** Who makes it has found the port, and looked for what is in its way. */
  constructor(host: SocketHost, options: OpenOptions, bound: Parsed, port: number) {
    const { multicast: { groups = [] } = {}, recvBufferSize = DEFAULT_BUFFER_BYTES } = options
    this.#memberships = new Memberships({
      find: (given) => host.interface(given, options.family),
      indexOf: () => 0,
      join: (membership, on) => this.#add(membership, on),
      leave: (membership, on) => this.#remove(membership, on),
      onLost: () => {},
    })
    this.#host = host
    this.options = options
    this.bound = bound
    // The local address of a connected socket is not the one that it was to be bound to.
    const local = options.peer ? bound.host : options.host
    this.address = [literalFor(options.family, local), port]
    this.recvBufferSize = recvBufferSize
    options.stats.refused ??= 0
    for (const group of groups) this.join(typeof group === 'string' ? { group } : group)
  }

  /** Whether it has joined the group that this packet is for. */
  hears({ to, from, on }: Packet): boolean {
    const sources = this.#groups.get(groupOn(to[0], on))
    return sources !== undefined && (sources.has(undefined) || sources.has(from[0]))
  }

  /** Whether it may receive this packet: a connected socket receives only from its peer. */
  isFromPeer({ from }: Packet): boolean {
    const { peer } = this.options
    return !peer || (parse(peer[0]).host === from[0] && peer[1] === from[1])
  }

  /** Exact: nothing is coalesced here. */
  get kernelDrops(): Bounds {
    return exactly(this.#drops)
  }

  /** Datagrams that were read, are queued, or were queued when it was closed. */
  get taken(): number {
    return this.#gone + this.#queue.length
  }

  read(max: number): readonly Datagram[] {
    const batch = this.#queue.splice(0, max)
    this.#gone += batch.length
    for (const [data] of batch) this.#weight -= data.length + BOOKKEEPING_BYTES
    return batch
  }

  send(run: readonly Parcel[]): number {
    if (this.#closed) return 0
    let taken = 0
    for (const parcel of run) {
      // The callback for one may close the socket.
      if (this.#closed || this.#host.blocks()) break
      taken++
      this.#sendOne(parcel)
    }
    return taken
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    if (notify) this.#announce()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    const { length } = this.#queue.splice(0)
    this.#gone += length
    this.options.stats.dropped.unread += length
    this.#host.release(this)
  }

  join(membership: Membership): void {
    this.#memberships.join(membership, this.options.multicast?.interface)
  }

  leave(membership: Membership): void {
    this.#memberships.leave(membership, this.options.multicast?.interface)
  }

  setOptions(options: ChangeableOptions): void {
    const { interface: given } = options.multicast ?? {}
    if (given !== undefined) this.#host.interface(given, this.options.family)
    const multicast = { ...this.options.multicast, ...defined(options.multicast) }
    this.options = { ...this.options, ...defined(options), multicast }
  }

  /** A simulated socket never keeps the process alive. */
  keepAlive(_keeps: boolean): void {}

  /**
   * A datagram has come.
   *
   * @returns what became of it
   */
  arrive(packet: Packet): 'delivered' | 'buffer full' {
    const { data, from, family } = packet
    const { receive, stats, details } = this.options
    if (!receive) {
      stats.dropped.unread++
      this.#gone++
      return 'delivered'
    }
    const weight = data.length + BOOKKEEPING_BYTES
    // As on Linux, the buffer has twice the size that it was asked for, and one more is taken while it is not full.
    if (this.#weight >= 2 * this.recvBufferSize) {
      this.#drops++
      return 'buffer full'
    }
    this.#weight += weight
    const source = this.#own(from, family)
    const own = Buffer.alloc(data.length) // `Buffer.from` would take a part of Node's pool
    own.set(data)
    this.#queue.push(
      details ? [own, source, this.#host.detailsOf(this.options.family, packet)] : [own, source],
    )
    this.#announce()
    return 'delivered'
  }

  /** An ICMP message has come: no socket is bound to the destination of an earlier datagram. */
  complain([host, port]: Address): void {
    const { stats, onRefused } = this.options
    stats.refused = (stats.refused ?? 0) + 1
    // Never inside `send`, as on a real network.
    if (this.#refusal === undefined)
      queueMicrotask(() => {
        const address = this.#refusal as Address
        this.#refusal = undefined
        if (!this.#closed) onRefused?.(address, systemError('recvmsg', 'ECONNREFUSED', ...address))
      })
    this.#refusal = [literalFor(this.options.family, host), port]
  }

  #add({ group, source }: Membership, on: JoinedInterface | undefined): void {
    const key = groupOn(parse(group).host, on?.name)
    const sources = this.#groups.get(key) ?? new Set()
    const from = source === undefined ? source : parse(source).host
    if (sources.has(from)) throw systemError('addMembership', 'EADDRINUSE', group, 0)
    this.#groups.set(key, sources.add(from))
  }

  #remove({ group, source }: Membership, on: JoinedInterface | undefined): void {
    this.#groups
      .get(groupOn(parse(group).host, on?.name))
      ?.delete(source === undefined ? source : parse(source).host)
  }

  #sendOne(parcel: Parcel): void {
    const { stats, family, onFailed } = this.options
    const { data, host, port } = parcel
    const length = byteLengthOf(data)
    const refusal =
      length > MAX_PAYLOAD_BYTES[family]
        ? 'EMSGSIZE'
        : isDetached(data)
          ? detachedError()
          : this.#host.send(this, parcel)
    if (refusal === undefined) {
      stats.sent++
      stats.sentBytes += length
    } else if (typeof refusal === 'string')
      onFailed(parcel, systemError('send', refusal, host, port))
    else onFailed(parcel, refusal)
  }

  /** An address in a packet of this family, as this socket gives it to its reader. */
  #own(address: Address, family: Family): Address {
    if (this.options.family === 4 && family === 4) return address
    return [literalFor(this.options.family, address[0]), address[1]]
  }

  /** Soon, and never inside of what leads to it. */
  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      for (const readiness of ['read', 'write'] as const) {
        const notify = this.#notify[readiness]
        const isReady = readiness === 'write' || this.#queue.length > 0
        if (!notify || !isReady || this.#closed) continue
        this.#notify[readiness] = undefined
        notify()
      }
    })
  }
}

/** The members that are not undefined: what is undefined was not given. */
function defined<T extends object>(given: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(given ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}

/** The key of a group on an interface; the link, if the system chooses. */
function groupOn(group: string, on: string = LINK): string {
  return `${group} ${on}`
}
