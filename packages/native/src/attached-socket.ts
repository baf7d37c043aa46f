import type { Bounds, Parcel, PeerStats } from '@udpng/basic-peer'
import { type Datagram, type Family, MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { type Handle, MAX_SLOTS, type Notify, READABLE, WRITABLE } from './addon.js'
import type { Failure } from './outgoing.js'
import { Reader } from './reader.js'
import { Refusals } from './refusals.js'
import { Sender } from './sender.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** Maximum number of datagrams given in one turn of the event loop. */
const MAX_AT_ONCE = 64

/** The options of `NativeTransport.attach`. The functions may call the socket, and close it. */
export interface AttachOptions {
  /**
   * The descriptor of an open, bound UDP socket that libuv has set up. It stays the caller's: the attached socket uses a copy of it.
   * No other program may read from the socket: datagrams are read ahead, and the kernel may coalesce them (UDP_GRO).
   */
  readonly fd: number
  readonly family: Family
  /** The counters: `sent`, `sentBytes`, `receiveErrors`, `refused`. */
  readonly stats: PeerStats
  /**
   * Gets each datagram. If it throws, the error is an uncaught exception, and the next datagram follows in a later turn.
   */
  onDatagram(datagram: Datagram): void
  /** Called between two datagrams of one turn. */
  betweenDatagrams?(): void
  /** Gets an error that the network reported, as those of connected sockets. */
  onError(error: NodeJS.ErrnoException): void
  /** The socket accepts datagrams again, after `send` has left some. */
  onWritable(): void
}

/**
 * Batched I/O for a UDP socket that the caller has opened, bound and set up, and closes: it sends and receives in
 * its place, and changes no option but UDP_GRO.
 */
export class AttachedSocket {
  readonly #shared: Shared
  readonly #options: AttachOptions
  readonly #handle: Handle
  readonly #refusals: Refusals
  readonly #reader: Reader
  readonly #sender: Sender
  #closed = false
  #watched = 0
  /** The datagrams of the last read, and the number of the next one to give. */
  #batch: Datagram[] = []
  #next = 0
  #rest: NodeJS.Immediate | undefined

  /** @throws the system's error if the descriptor is not one of such a socket, or cannot be copied */
  constructor(shared: Shared, options: AttachOptions) {
    const { fd, family, stats } = options
    const notify: Notify = (events, refusals) => this.#onReady(events, refusals)
    const handle = shared.addon.attach(fd, family, notify)
    if (typeof handle === 'number') throw systemError('open', -handle)
    this.#shared = shared
    this.#options = options
    this.#handle = handle
    this.#refusals = new Refusals(shared.addon, handle, stats, (_, error) => options.onError(error))
    this.#reader = new Reader(shared, handle, options, this.#refusals)
    const most = MAX_PAYLOAD_BYTES[family]
    this.#sender = new Sender(shared, handle, { most, connected: false, stats }, this.#refusals)
  }

  /** Datagrams that the kernel dropped at this socket, valid even after `close`; undefined if the kernel does not report them. */
  get kernelDrops(): Bounds | undefined {
    if (!this.#closed) this.#reader.sample()
    return this.#reader.kernelDrops
  }

  /**
   * Takes the reports of the network (ICMP), and passes the last one to `onError`.
   *
   * @param met - the errno of a read by the caller: if the network can cause it, it counts as a report, too
   * @returns the number of reports
   */
  takeRefusals(met: number): number {
    return this.#refusals.take(met)
  }

  /** Starts to receive. Until then, the caller may read from its descriptor. */
  receive(): void {
    this.#watch(this.#watched | READABLE)
  }

  /**
   * Sends a run of datagrams.
   *
   * @param failures - where each datagram that cannot be sent is appended, with the system's error
   * @returns the datagrams that are left because the socket would block: send them again after `onWritable`
   */
  send(run: readonly Parcel[], failures: Failure[]): Parcel[] {
    const left = this.#sender.flush(run, failures)
    if (left.length > 0) this.#watch(this.#watched | WRITABLE)
    // Not now: the owner may throw, send or close.
    if (this.#refusals.waiting) process.nextTick(() => this.#refusals.take())
    return left
  }

  /** Sets whether the open socket keeps the process alive (at first, it does). */
  keepAlive(keeps: boolean): void {
    if (!this.#closed) this.#shared.addon.keepAlive(this.#handle, keeps ? 1 : 0)
  }

  /** Closes the copy of the descriptor. Datagrams that were read and not given yet are counted as unread. */
  close(): void {
    if (this.#closed) return
    this.#reader.sample()
    this.#closed = this.#refusals.closed = true
    clearImmediate(this.#rest)
    this.#options.stats.dropped.unread += this.#batch.length - this.#next
    this.#batch = []
    this.#shared.addon.close(this.#handle)
  }

  #watch(events: number): void {
    if (events === this.#watched || this.#closed) return
    this.#watched = events
    this.#shared.addon.watch(this.#handle, events)
  }

  #onReady(events: number, refusals: number): void {
    if (refusals > 0) this.#refusals.take()
    if (events & WRITABLE) {
      this.#watch(this.#watched & ~WRITABLE)
      this.#options.onWritable()
    }
    if (this.#closed) return
    if (events & READABLE && this.#next === this.#batch.length) {
      this.#batch = []
      this.#next = 0
      this.#reader.fill(MAX_SLOTS, this.#batch)
    }
    this.#give()
  }

  /** Gives some datagrams, and the rest in the next turn of the event loop. */
  #give(): void {
    const end = Math.min(this.#next + MAX_AT_ONCE, this.#batch.length)
    try {
      while (this.#next < end && !this.#closed) {
        this.#options.onDatagram(this.#batch[this.#next++] as Datagram)
        if (this.#next < this.#batch.length) this.#options.betweenDatagrams?.()
      }
    } finally {
      // After an error, too: it is thrown on, and the rest follows.
      if (this.#next < this.#batch.length) this.#giveLater()
    }
  }

  #giveLater(): void {
    this.#rest ??= setImmediate(() => {
      this.#rest = undefined
      this.#give()
    })
  }
}
