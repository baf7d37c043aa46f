import { fstatSync } from 'node:fs'
import type { Address, Datagram } from '@udpng/datagram'
import { exactly } from './bounds.js'
import { DgramSocket } from './dgram-socket.js'
import { interfaceIndexes } from './interface-indexes.js'
import { InterfaceWatch } from './interface-watch.js'
import { KernelDrops } from './kernel-drops.js'
import { KernelTable } from './kernel-table.js'
import { Memberships } from './memberships.js'
import { findInterface } from './network-interface.js'
import { Notices } from './notices.js'
import type { Bounds } from './stats.js'
import type {
  ChangeableOptions,
  DatagramTransport,
  Membership,
  OpenOptions,
  Readiness,
} from './transport.js'

/** Capacity of the read buffer: `node:dgram` cannot stop reading while the peer does not take datagrams. */
const MAX_KEPT = 512
/** libuv reads at most this many datagrams in a row: a full batch means that more are available. */
const LIBUV_BATCH = 32
/** With this many datagrams buffered the notice is given at once. */
const NOTICE_THRESHOLD = 256

/**
 * Opens `node:dgram` sockets; works everywhere. Each datagram costs one system call and one callback.
 *
 * It cannot stop the socket: while the peer does not read, it buffers at most 512 datagrams, and drops and counts the
 * others as `readBufferFull`. On Linux, kernel drops are read from `/proc/net/udp`.
 */
export const dgramTransport: DatagramTransport = /* @__PURE__ */ receiving()

/** Opens `node:dgram` sockets that only send: datagrams that arrive are counted as unread. */
export const sendingDgramTransport: DatagramTransport = /* @__PURE__ */ sending()

/** Its sockets share their notices, and each read of the kernel's tables. */
function receiving(): DatagramTransport {
  const notices = new Notices()
  const tables = { 4: new KernelTable(4), 6: new KernelTable(6) }
  const watch = new InterfaceWatch()
  return {
    name: 'dgram',
    capabilities: ['connect', 'descriptor', 'keepAlive', 'memberships', 'setOptions'],
    open: (options) => new ReceivingSocket(options, notices, tables[options.family], watch).open(),
  }
}

function sending(): DatagramTransport {
  const notices = new Notices()
  return {
    name: 'dgram',
    capabilities: ['connect', 'descriptor', 'keepAlive', 'setOptions'],
    open: (options) => new DgramSocket(options, notices).open(),
  }
}

const indexOf = (name: string): number | undefined => interfaceIndexes().get(name)

class ReceivingSocket extends DgramSocket {
  #arrived: Datagram[] = []
  /** Number of datagrams at the last check. */
  #seen = 0
  readonly #kernel: KernelDrops
  readonly #memberships: Memberships
  /** The interface for memberships without one, as it was given. */
  #defaultInterface: string | undefined

  constructor(options: OpenOptions, notices: Notices, table: KernelTable, watch: InterfaceWatch) {
    const { reuseAddr, reusePort, fd } = options
    // Before libuv 1.49, it is silently ignored.
    if (reusePort && Number(process.versions.uv.split('.')[1]) < 49)
      throw new Error('reusePort needs Node.js 22.12 or @udpng/native')
    super(options, notices)
    const inode = fd === undefined ? undefined : String(fstatSync(fd).ino)
    this.#kernel = new KernelDrops(table, Boolean(reuseAddr || reusePort), inode)
    this.#memberships = new Memberships(
      {
        find: (given) => {
          const found = findInterface(given, options.family)
          return { ...found, index: indexOf(found.name) }
        },
        indexOf,
        join: ({ group, source }, on) => {
          const name = on && this.dgramName(on)
          if (source === undefined) this.socket.addMembership(group, name)
          else this.socket.addSourceSpecificMembership(source, group, name)
        },
        leave: ({ group, source }, on) => {
          // libuv ignores the name of an interface that is gone, and IPv6 would leave the group on any other one.
          if (on && options.family === 6 && indexOf(on.name) !== on.index) return
          const name = on && this.dgramName(on)
          if (source === undefined) this.socket.dropMembership(group, name)
          else this.socket.dropSourceSpecificMembership(source, group, name)
        },
        onLost: (membership, error) => options.onMembershipLost?.(membership, error),
      },
      watch,
    )
  }

  override get kernelDrops(): Bounds | undefined {
    const { count } = this.#kernel
    return count === undefined ? undefined : exactly(count)
  }

  override read(max: number): readonly Datagram[] {
    const arrived = this.#arrived
    this.#seen = 0
    if (max < arrived.length) return arrived.splice(0, max)
    this.#arrived = []
    return arrived
  }

  override close(): void {
    this.options.stats.dropped.unread += this.#arrived.length
    this.#arrived = []
    this.#kernel.close()
    this.#memberships.close()
    super.close()
  }

  join(membership: Membership): void {
    this.#memberships.join(membership, this.#defaultInterface)
  }

  leave(membership: Membership): void {
    this.#memberships.leave(membership, this.#defaultInterface)
  }

  override setOptions(options: ChangeableOptions): void {
    super.setOptions(options)
    this.#defaultInterface = options.multicast?.interface ?? this.#defaultInterface
  }

  protected override configure(): void {
    const { socket } = this
    const { multicast = {} } = this.options
    const { address, port } = socket.address()
    this.#kernel.bound([address, port])
    // Linux doubles the requested size, to have room for its own bookkeeping: socket(7).
    this.recvBufferSize = socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1)
    for (const group of multicast.groups ?? [])
      this.join(typeof group === 'string' ? { group } : group)
  }

  protected override arrive(data: Buffer, from: Address): void {
    if (!this.options.receive) super.arrive(data, from)
    else if (this.#arrived.length === MAX_KEPT) this.options.stats.dropped.readBufferFull++
    else if (this.#arrived.push([data, from]) === 1) this.announce()
  }

  protected override isReady(readiness: Readiness): boolean {
    if (readiness === 'write') return super.isReady(readiness)
    const { length } = this.#arrived
    // While datagrams stream in, the notice waits for the next turn, and so costs less per datagram. Not if turns are long, as
    // with hundreds of sockets on a busy machine: it would wait for eight of them.
    const streaming =
      this.notices.short && length - this.#seen >= LIBUV_BATCH && length < NOTICE_THRESHOLD
    this.#seen = length
    if (streaming) this.announce()
    return length > 0 && !streaming
  }
}
