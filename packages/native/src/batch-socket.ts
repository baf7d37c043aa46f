import type { Bounds, DatagramSocket, OpenOptions, Parcel, Readiness } from '@udpng/basic-peer'
import type { Address, Datagram } from '@udpng/datagram'
import { type Handle, MAX_SLOTS, type Notify, READABLE, WRITABLE } from './addon.js'
import type { Failure } from './outgoing.js'
import { Reader } from './reader.js'
import { Refusals } from './refusals.js'
import { Sender } from './sender.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** Maximum number of reads in a row that only count, so that a flood on an unread socket does not block the others. */
const MAX_COUNTING_READS = 256

/** The options of sockets of all families. */
export type BatchOptions = Pick<
  OpenOptions,
  'receive' | 'stats' | 'onFailed' | 'onRefused' | 'onSettled' | 'exactDrops' | 'details' | 'fd'
>

/** What differs between the families. */
export interface BatchKind {
  /** Opens the socket: the addon's function. */
  open(notify: Notify): Handle | number
  /** The system call in its error. */
  readonly syscall: string
  /** Maximum size of a datagram, bytes. */
  readonly most: number
  /** Whether all parcels are for the address that the socket is connected to. */
  readonly connected: boolean
}

/** Sends and receives many datagrams of a socket with one system call. A subclass binds it, and sets its options. */
export abstract class BatchSocket implements DatagramSocket {
  abstract readonly address: Address
  abstract readonly recvBufferSize: number | undefined
  protected readonly handle: Handle
  readonly #options: BatchOptions
  readonly #shared: Shared
  #closed = false
  readonly #notify: Partial<Record<Readiness, (() => void) | undefined>> = {}
  #notice: NodeJS.Immediate | undefined
  #watched = 0
  /** Datagrams read in excess of the request. */
  #waiting: Datagram[] = []
  /** Parcels taken and not sent yet, because the socket would block. */
  #left: Parcel[] = []
  readonly #sender: Sender
  readonly #refusals: Refusals
  readonly #reader: Reader

  /** @throws the system's error if the socket cannot be opened */
  constructor(
    shared: Shared,
    options: BatchOptions,
    { open, syscall, most, connected }: BatchKind,
  ) {
    this.#shared = shared
    this.#options = options
    const { stats } = options
    const handle = open((events, refusals) => this.#onReady(events, refusals))
    if (typeof handle === 'number') throw systemError(syscall, -handle)
    this.handle = handle
    this.#refusals = new Refusals(shared.addon, handle, stats, (address, error) => {
      if (address) options.onRefused?.(address, error)
    })
    this.#reader = new Reader(shared, handle, options, this.#refusals)
    this.#sender = new Sender(shared, handle, { most, connected, stats }, this.#refusals)
  }

  get pending(): number {
    return this.#left.length
  }

  get kernelDrops(): Bounds | undefined {
    if (!this.#closed) this.#reader.sample()
    return this.#reader.kernelDrops
  }

  read(max: number): readonly Datagram[] {
    const datagrams = this.#waiting.splice(0, max)
    for (let more = true; more && !this.#closed && datagrams.length < max; )
      more = this.#reader.fill(max - datagrams.length, datagrams)
    if (datagrams.length > max) this.#waiting = datagrams.splice(max)
    return datagrams
  }

  send(run: readonly Parcel[]): number {
    if (this.#closed || this.#left.length > 0) return 0
    const failures: Failure[] = []
    this.#left = this.#sender.flush(run, failures)
    if (this.#left.length > 0) this.awaitRoom()
    this.#report(failures)
    return run.length
  }

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    this.#notify[readiness] = notify
    if (!notify || this.#closed) return
    if (readiness === 'read' ? this.#waiting.length > 0 : this.#left.length === 0) this.#announce()
    else if (readiness === 'read') this.#watch(this.#watched | READABLE)
  }

  close(): void {
    if (this.#closed) return
    this.#discard()
    if (this.#closed) return // by `onRefused`
    this.#reader.sample()
    this.#closed = this.#refusals.closed = true
    clearImmediate(this.#notice)
    this.release()
    this.#shared.addon.close(this.handle)
    this.#report(
      this.#left
        .splice(0)
        .map((parcel) => [
          parcel,
          Object.assign(new Error('the socket was closed'), { code: 'ECANCELED' }),
        ]),
    )
  }

  keepAlive(keeps: boolean): void {
    this.#shared.addon.keepAlive(this.handle, keeps ? 1 : 0)
  }

  /** Called once it is set up: begins to count what arrives, if it is not to be read. Closes it if this fails. */
  protected setUp<T>(begin: () => T): T {
    try {
      const result = begin()
      if (!this.#options.receive) this.#watch(READABLE)
      return result
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Called before the descriptor is closed. */
  protected abstract release(): void

  /** Calls `sendRest` when the socket may have room for the parcels that are left. */
  protected awaitRoom(): void {
    this.#watch(this.#watched | WRITABLE)
  }

  /** Sends the parcels that are left. Returns whether some still are. */
  protected sendRest(): boolean {
    if (this.#left.length === 0) return false
    const failures: Failure[] = []
    this.#left = this.#sender.flush(this.#left, failures)
    const settled = this.#left.length === 0
    if (settled) this.#watch(this.#watched & ~WRITABLE)
    this.#report(failures)
    if (settled) this.#options.onSettled()
    return this.#left.length > 0 // the owner may have sent or closed
  }

  /** Gives the notice of a socket that has sent all. */
  protected announceRoom(): void {
    this.#fire('write', this.#left.length === 0)
  }

  #watch(events: number): void {
    if (events === this.#watched) return
    this.#watched = events
    this.#shared.addon.watch(this.handle, events)
  }

  #onReady(events: number, refusals: number): void {
    const { receive } = this.#options
    if (refusals > 0) this.#refusals.take()
    if (this.#closed) return
    if (events & WRITABLE) this.sendRest()
    if (this.#closed) return
    if (events & READABLE && !receive) this.#discard()
    // Without a request to read, it would stay readable and report that again and again.
    else if (events & READABLE && !this.#notify.read) this.#watch(this.#watched & ~READABLE)
    this.#fire('read', (events & READABLE) > 0)
    this.#fire('write', this.#left.length === 0)
  }

  /** Gives the notices that are due without a system call. */
  #announce(): void {
    this.#notice ??= setImmediate(() => {
      this.#notice = undefined
      this.#fire('read', this.#waiting.length > 0)
      this.#fire('write', this.#left.length === 0)
    })
  }

  #fire(readiness: Readiness, ready: boolean): void {
    const notify = this.#notify[readiness]
    if (!notify || !ready || this.#closed) return
    this.#notify[readiness] = undefined
    notify()
  }

  /** Counts the datagrams already read and those still queued as unread. */
  #discard(): void {
    const { dropped } = this.#options.stats
    dropped.unread += this.#waiting.splice(0).length
    // What is in the kernel may be for the process that gets the descriptor next.
    if (this.#options.fd !== undefined && this.#options.receive) return
    for (let reads = 0, more = true; more && reads < MAX_COUNTING_READS; reads++)
      more = this.#reader.fill(MAX_SLOTS * this.#reader.each)
  }

  /**
   * Passes failed parcels and reports of the network to the owner. The owner may send and close, because no run is under way.
   */
  #report(failures: readonly Failure[]): void {
    for (const [parcel, error] of failures) this.#options.onFailed(parcel, error)
    if (this.#refusals.waiting) this.#refusals.take()
  }
}
