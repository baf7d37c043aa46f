import { detachedError, type Parcel } from '@udpng/basic-peer'
import { byteLengthOf, isDetached } from '@udpng/datagram'
import { type Addon, ROW_INTS } from './addon.js'
import { EMSGSIZE } from './linux.js'
import { CONNECTED, MAX_NAMES, Names } from './names.js'
import { systemError } from './system-error.js'

/** Maximum number of parcels staged at a time: the maximum number of messages in one sendmmsg. */
const MAX_PARCELS = 1024
/** Maximum number of bytes staged at a time: 1024 parcels of 1000 bytes, or 16 of the longest. */
const STAGE_BYTES = 1_048_576
/** Maximum number of datagrams in one message: supported by every kernel with GSO (UDP_MAX_SEGMENTS). */
const MAX_SEGMENTS = 64

/** Maximum number of names of one parcel: its destination, and its source. */
const NAMES_EACH = 2

/** The limits for messages of a socket. */
export interface Cut {
  /** Maximum size of a message, bytes. */
  readonly most: number
  /** Maximum size of a datagram in a GSO message, bytes; 0 without GSO. */
  readonly segment: number
  /** Number of parcels, from the first one on, that get a message each. */
  readonly singly: number
  /** Whether all are for the address that the socket is connected to. */
  readonly connected: boolean
}

/** A parcel that cannot be sent, and the error. */
export type Failure = readonly [parcel: Parcel, error: NodeJS.ErrnoException]

/**
 * Turns parcels into as few messages as possible, in memory that the addon reads. It groups the parcels by
 * destination and keeps their order for each. Neighbours of one size become one message, which the kernel segments
 * (GSO); the last of them may be shorter.
 *
 * @see udp(7), UDP_SEGMENT
 */
export class Outgoing {
  readonly bytes: Uint8Array = new Uint8Array(STAGE_BYTES)
  readonly names: Names
  /** The messages, `ROW_INTS` each. */
  readonly rows: Int32Array = new Int32Array(MAX_PARCELS * ROW_INTS)
  /** Number of messages. */
  count = 0
  /** The staged parcels, in the order in which they are sent. */
  parcels: Parcel[] = []
  /** The number of the first parcel of each message; and one more, the end. */
  readonly starts: Int32Array = new Int32Array(MAX_PARCELS + 1)
  /** Parcels that cannot be sent: too long, memory transferred, or unknown interface. */
  refused: Failure[] = []
  /** For each parcel, the number of its destination (-1 if it is refused), and its length, which is read once. */
  readonly #found = new Int32Array(MAX_PARCELS)
  readonly #sizes = new Int32Array(MAX_PARCELS)
  /** For each parcel, the number of the name to send it from, plus 1; 0 for the address of the socket. */
  readonly #sources = new Int32Array(MAX_PARCELS)
  // The parcels of a destination are a linked list: the first and the last one, each plus 1, and for each the next one.
  readonly #firsts = new Int32Array(MAX_NAMES + 1)
  readonly #lasts = new Int32Array(MAX_NAMES + 1)
  readonly #nexts = new Int32Array(MAX_PARCELS)
  #end = 0
  /** Whether another datagram may join the last message, its maximum size, and the number of datagrams in the message. */
  #open = false
  #segment = 0
  #segments = 0
  /** The source of the last message, as in `#sources`. */
  #source = 0

  /** @param nameBytes - the size of a packed destination (default: that of an IP address) */
  constructor(addon: Pick<Addon, 'pack'>, nameBytes?: number) {
    this.names = new Names(addon, nameBytes)
  }

  /**
   * Stages parcels from number `from` on, as many as fit.
   *
   * @returns the number of parcels, at least one: those in `parcels` and those in `refused`
   */
  stage(run: readonly Parcel[], from: number, cut: Cut): number {
    this.parcels = []
    this.refused = []
    this.count = this.#end = 0
    const taken = this.#find(run, from, cut)
    const found = this.#found
    const first = found[0] as number
    let same = first >= 0
    for (let i = 1; same && i < taken; i++) same = found[i] === first
    this.#open = false
    if (same) for (let i = 0; i < taken; i++) this.#add(run[from + i] as Parcel, i, first, cut)
    else
      for (const name of this.#chain(taken)) {
        this.#open = false
        for (let i = this.#firsts[name] as number; i > 0; i = this.#nexts[i - 1] as number)
          this.#add(run[from + i - 1] as Parcel, i - 1, name, cut)
        this.#firsts[name] = 0
      }
    this.starts[this.count] = this.parcels.length
    return taken
  }

  /** Size of a message, bytes. */
  lengthOf(row: number): number {
    return this.rows[row * ROW_INTS + 1] as number
  }

  /** Segment size of a message, bytes; 0 if it is one datagram. */
  segmentOf(row: number): number {
    return this.rows[row * ROW_INTS + 2] as number
  }

  /** The outcome of a message: 0, or the errno. */
  statusOf(row: number): number {
    return this.rows[row * ROW_INTS + 4] as number
  }

  /** Finds the lengths and the destinations of as many parcels as fit. */
  #find(run: readonly Parcel[], from: number, { most: longest, connected }: Cut): number {
    if (this.names.room < MAX_PARCELS) this.names.clear()
    const most = Math.min(run.length - from, MAX_PARCELS)
    let bytes = 0
    let taken = 0
    let last: Parcel | undefined
    let name = -1
    for (let i = 0; i < most && this.names.room >= NAMES_EACH; i++) {
      const parcel = run[from + i] as Parcel
      const { host, port, data, local } = parcel
      const size = byteLengthOf(data)
      this.#sizes[i] = size
      this.#found[i] = -1
      if (size > longest) this.#refuse(parcel, systemError('send', EMSGSIZE, host, port))
      else if (size === 0 && isDetached(data)) this.#refuse(parcel, detachedError())
      else {
        bytes += size
        if (bytes > STAGE_BYTES) return i
        if (connected) name = CONNECTED
        else if (host !== last?.host || port !== last.port) name = this.names.find(host, port)
        const source = local === undefined ? 0 : this.names.find(local, 0) + 1
        last = parcel
        if (name < 0) this.#refuse(parcel, noInterface(host))
        else if (source === 0 && local !== undefined) this.#refuse(parcel, noInterface(local))
        else this.#found[i] = name
        this.#sources[i] = source
      }
      taken = i + 1
    }
    return taken
  }

  #refuse(parcel: Parcel, error: NodeJS.ErrnoException): void {
    this.refused.push([parcel, error])
  }

  /** Chains the parcels by destination, and returns these in the order in which they first appear. */
  #chain(taken: number): number[] {
    const names: number[] = []
    for (let i = 0; i < taken; i++) {
      const name = this.#found[i] as number
      if (name < 0) continue
      if (this.#firsts[name] === 0) {
        names.push(name)
        this.#firsts[name] = i + 1
      } else this.#nexts[(this.#lasts[name] as number) - 1] = i + 1
      this.#lasts[name] = i + 1
      this.#nexts[i] = 0
    }
    return names
  }

  #add(parcel: Parcel, at: number, name: number, cut: Cut): void {
    const { data } = parcel
    const size = this.#sizes[at] as number
    const source = this.#sources[at] as number
    const { rows, parcels } = this
    const row = (this.count - 1) * ROW_INTS
    if (
      this.#open &&
      size > 0 &&
      size <= this.#segment &&
      source === this.#source &&
      this.#segments < MAX_SEGMENTS &&
      (rows[row + 1] as number) + size <= cut.most
    ) {
      rows[row + 1] = (rows[row + 1] as number) + size
      rows[row + 2] = this.#segment
      this.#segments++
      this.#open = size === this.#segment
    } else {
      const next = this.count * ROW_INTS
      rows[next] = this.#end
      rows[next + 1] = size
      rows[next + 2] = 0
      rows[next + 3] = name
      rows[next + 5] = source
      this.starts[this.count++] = parcels.length
      this.#segment = size
      this.#source = source
      this.#segments = 1
      this.#open = size > 0 && size <= cut.segment && parcels.length >= cut.singly
    }
    if (size > 0) this.bytes.set(data, this.#end) // copies the actual bytes, whatever `data.length` says
    this.#end += size
    parcels.push(parcel)
  }
}

function noInterface(host: string): Error {
  return new Error(`there is no interface ${host.split('%')[1]}`)
}
