import { type Bounds, debug, type OpenOptions } from '@udpng/basic-peer'
import type { Datagram } from '@udpng/datagram'
import { type Handle, MAX_SLOTS } from './addon.js'
import { DropCount } from './drop-count.js'
import { SOL_UDP, UDP_GRO } from './linux.js'
import type { Refusals } from './refusals.js'
import type { Shared } from './shared.js'
import { systemError } from './system-error.js'

/** Minimum number of slots of a read. */
const MIN_SLOTS = 4

type ReaderOptions = Pick<OpenOptions, 'stats' | 'exactDrops' | 'details'>

/** Reads the datagrams of one socket, into memory that all sockets of a transport share, and counts its kernel drops. */
export class Reader {
  readonly #shared: Shared
  readonly #handle: Handle
  readonly #options: ReaderOptions
  readonly #refusals: Refusals
  readonly #drops: DropCount
  #coalescing = false
  /**
   * Average number of datagrams in a packet of the last read. A read of no more than requested stays in the processor's cache: at
   * 1200 bytes that is 1.5 times as fast.
   */
  #each = 1
  /** Number of slots of the next read: preparing one takes time, even if it stays empty. */
  #slots = MIN_SLOTS

  constructor(shared: Shared, handle: Handle, options: ReaderOptions, refusals: Refusals) {
    this.#shared = shared
    this.#handle = handle
    this.#options = options
    this.#refusals = refusals
    this.#drops = new DropCount(shared.addon)
  }

  /** Average number of datagrams in a packet. */
  get each(): number {
    return this.#each
  }

  /** Kernel drops at the last sample; undefined if the kernel does not report them. */
  get kernelDrops(): Bounds | undefined {
    return this.#drops.bounds
  }

  /** Reads the kernel's drop counter. */
  sample(): void {
    this.#drops.sample(this.#handle)
  }

  /**
   * Reads once: at least one slot, about `wanted` datagrams. Never throws. The owner may get reports of the network meanwhile, and close.
   *
   * @param into - where the datagrams are appended; without it, they are counted as unread
   * @returns false if no more are queued
   */
  fill(wanted: number, into?: Datagram[]): boolean {
    try {
      return this.#readOnce(Math.min(Math.ceil(wanted / this.#each), this.#slots), into)
    } catch (error) {
      this.#options.stats.receiveErrors++
      debug(error)
      return false
    }
  }

  #readOnce(count: number, into: Datagram[] | undefined): boolean {
    const { stats, details } = this.#options
    const { incoming, coalescing } = this.#shared
    const refusals = this.#refusals
    let read = incoming.read(this.#handle, count, details)
    // An ICMP message about an earlier datagram is an error of the next read, once, and the data is still there.
    if (read < 0 && refusals.take(-read) > 0 && !refusals.closed)
      read = incoming.read(this.#handle, count, details)
    if (read < 0) {
      if (!refusals.closed && refusals.take(-read) === 0) stats.receiveErrors++
      return false
    }
    // Before the owner is called again: it may read or close a socket, and `incoming` then has other datagrams.
    if (into) incoming.take(into)
    else stats.dropped.unread += incoming.datagrams
    stats.receiveErrors += incoming.truncated
    if (incoming.datagrams > 0) this.#each = incoming.datagrams / (read - incoming.truncated)
    const isFull = read === count
    this.#drops.read(this.#handle, incoming.packets, !isFull)
    this.#slots = isFull ? Math.min(2 * count, MAX_SLOTS) : Math.max(read, MIN_SLOTS)
    if (read === MAX_SLOTS && coalescing && !this.#coalescing && !this.#options.exactDrops)
      this.#coalesce()
    return isFull
  }

  /**
   * Enables coalescing in the kernel (UDP_GRO) at the first flow. Not earlier: the kernel counts coalesced datagrams that it drops as
   * one. And permanently: queued packets would otherwise arrive without the size to cut them at. If the kernel refuses, reading
   * continues without it.
   */
  #coalesce(): void {
    this.#coalescing = true
    this.#drops.coalesce(this.#handle)
    const on = Uint8Array.of(1, 0, 0, 0)
    const result = this.#shared.addon.setOption(this.#handle, SOL_UDP, UDP_GRO, on)
    if (result < 0) debug(systemError('setsockopt UDP_GRO', -result))
  }
}
