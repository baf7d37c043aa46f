import { Buffer } from 'node:buffer' // a global is looked up each time
import type { Address, Datagram, DatagramDetails } from '@udpng/datagram'
import {
  type Addon,
  type Handle,
  MAX_SLOTS,
  NAME_BYTES,
  PATH_NAME_BYTES,
  SAME_SOURCE,
  SLOT_BYTES,
  SLOT_INTS,
  TRUNCATED,
} from './addon.js'
import { Details } from './details.js'
import { EAGAIN } from './linux.js'

/** Capacity of the cache of senders; when it is full, it is cleared. */
const MAX_SENDERS = 4096
const NONE = /* @__PURE__ */ new Uint8Array(0)

/**
 * Reads many datagrams with one system call into memory that all sockets of a transport share, and copies each of them
 * into a Buffer with an ArrayBuffer of its own.
 *
 * @see udp(7), UDP_GRO
 */
export class Incoming {
  readonly #addon: Addon
  // Not a Buffer: `subarray` of a Buffer takes twice as long.
  readonly #bytes = new Uint8Array(MAX_SLOTS * SLOT_BYTES)
  readonly #names: Buffer
  readonly #nameBytes: number
  readonly #slots = new Int32Array(MAX_SLOTS * SLOT_INTS)
  readonly #senders = new Map<string, Address>()
  readonly #details = new Details()
  /** Whether the last read was with details. */
  #detailed = false
  /** Slots that the last read filled. */
  #filled = 0
  #truncated = 0
  #datagrams = 0
  /** Datagrams in each packet of the last read. */
  #packets: number[] = []
  /** Cached views of the datagrams of a flow in each slot: creating one takes as long as copying 64 bytes. */
  #views: Uint8Array[][] = []
  /** Bytes of each view. */
  #stride = 0

  /** @param nameBytes - the size of a sender's address: `NAME_BYTES` (default), or `PATH_NAME_BYTES` for Unix sockets */
  constructor(addon: Addon, nameBytes: number = NAME_BYTES) {
    this.#addon = addon
    this.#nameBytes = nameBytes
    this.#names = Buffer.alloc(MAX_SLOTS * nameBytes)
  }

  /** Truncated slots of the last read. Their datagrams are lost. */
  get truncated(): number {
    return this.#truncated
  }

  /** Datagrams of the last read, without truncated ones. */
  get datagrams(): number {
    return this.#datagrams
  }

  /** The number of datagrams in each packet of the last read, without truncated ones. */
  get packets(): readonly number[] {
    return this.#packets
  }

  /**
   * Reads once, without blocking. The datagrams stay until the next read by any socket of the transport.
   *
   * @param count - maximum number of slots; fewer are filled if no more datagrams are queued
   * @param detailed - whether `take` adds the details of each datagram (default false)
   * @returns the number of filled slots, including truncated ones; or a negative errno
   */
  read(handle: Handle, count: number, detailed = false): number {
    const slots = this.#slots
    this.#detailed = detailed
    // A read that throws must leave nothing of an earlier one.
    this.#filled = this.#truncated = this.#datagrams = this.#packets.length = 0
    const details = detailed ? this.#details.bytes : NONE
    const read = this.#addon.receive(handle, this.#bytes, this.#names, slots, count, details)
    this.#filled = Math.max(read, 0)
    for (let at = 0; at < this.#filled * SLOT_INTS; at += SLOT_INTS) {
      const length = slots[at] as number
      const stride = slots[at + 1] as number
      if ((slots[at + 2] as number) & TRUNCATED) this.#truncated++
      else {
        const datagrams = stride > 0 && stride < length ? Math.ceil(length / stride) : 1
        this.#packets.push(datagrams)
        this.#datagrams += datagrams
      }
    }
    return read === -EAGAIN ? 0 : read
  }

  /** Appends the datagrams of the last read to `datagrams`. Each is a Buffer with an ArrayBuffer of its own. */
  take(datagrams: Datagram[]): void {
    const slots = this.#slots
    let from: Address | undefined
    for (let slot = 0; slot < this.#filled; slot++) {
      const at = slot * SLOT_INTS
      const flags = slots[at + 2] as number
      if (from === undefined || !(flags & SAME_SOURCE)) from = this.#senderOf(slot)
      if (flags & TRUNCATED) continue
      const details = this.#detailed ? this.#details.of(slot, this.#addon) : undefined
      let start = slot * SLOT_BYTES
      const end = start + (slots[at] as number)
      const stride = slots[at + 1] as number
      if (stride > 0 && start + stride < end) {
        const views = this.#viewsOf(slot, stride)
        for (let i = 0; start + stride <= end; i++, start += stride) {
          if (i === views.length) views.push(this.#bytes.subarray(start, start + stride))
          datagrams.push(datagramOf(views[i] as Uint8Array, from, details))
        }
        if (start === end) continue // otherwise the last one is shorter
      }
      datagrams.push(datagramOf(this.#bytes.subarray(start, end), from, details))
    }
  }

  #viewsOf(slot: number, stride: number): Uint8Array[] {
    if (stride !== this.#stride) {
      this.#views = Array.from({ length: MAX_SLOTS }, () => [])
      this.#stride = stride
    }
    return this.#views[slot] as Uint8Array[]
  }

  /** Returns the address of a slot's sender, cached: datagrams of one sender share it. */
  #senderOf(slot: number): Address {
    const size = this.#nameBytes
    const at = slot * size
    const key = this.#names.toString('latin1', at, at + size)
    let sender = this.#senders.get(key)
    if (!sender) {
      if (this.#senders.size === MAX_SENDERS) this.#senders.clear()
      sender = Object.freeze(
        size === PATH_NAME_BYTES
          ? [this.#addon.pathOf(this.#names, slot), 0]
          : [this.#addon.hostOf(this.#names, slot), this.#names.readUInt16BE(at + 2)],
      )
      this.#senders.set(key, sender as Address)
    }
    return sender as Address
  }
}

function datagramOf(
  bytes: Uint8Array,
  from: Address,
  details: DatagramDetails | undefined,
): Datagram {
  return details ? [copyOf(bytes), from, details] : [copyOf(bytes), from]
}

/**
 * Copies bytes into an ArrayBuffer of their own. `Buffer.alloc` never uses Node's pool. Up to 64 bytes are in V8's
 * heap, and at every size it takes no longer than `allocUnsafeSlow`, which calls C++ each time.
 */
function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.alloc(bytes.length)
  copy.set(bytes)
  return copy
}
