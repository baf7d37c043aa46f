import { Buffer } from 'node:buffer' // a global is looked up each time
import type { Address, Datagram } from '@udpng/datagram'
import {
  type Addon,
  type Handle,
  MAX_SLOTS,
  NAME_BYTES,
  SAME_SOURCE,
  SLOT_BYTES,
  SLOT_INTS,
  TRUNCATED,
} from './addon.js'
import { EAGAIN } from './linux.js'

/** Senders that are remembered. When there are more, all are forgotten and remembered anew. */
const MAX_SENDERS = 4096

/**
 * Reads datagrams, many with one system call, into memory that all sockets of a transport share, and copies each of them
 * out of it into a Buffer with an ArrayBuffer of its own.
 *
 * @see udp(7), UDP_GRO
 */
export class Incoming {
  readonly #addon: Addon
  // Not a Buffer: `subarray` of a Buffer takes twice as long.
  readonly #bytes = new Uint8Array(MAX_SLOTS * SLOT_BYTES)
  readonly #names = Buffer.alloc(MAX_SLOTS * NAME_BYTES)
  readonly #slots = new Int32Array(MAX_SLOTS * SLOT_INTS)
  readonly #senders = new Map<string, Address>()
  /** Slots that the last read filled. */
  #filled = 0
  #truncated = 0
  #datagrams = 0
  /** Datagrams in each packet of the last read. */
  #packets: number[] = []
  /** Views of the datagrams of a flow in each slot: to create one takes as long as to copy 64 bytes. */
  #views: Uint8Array[][] = []
  /** Bytes of each view. */
  #stride = 0

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /** Slots of the last read that were cut off. Their datagrams are lost. */
  get truncated(): number {
    return this.#truncated
  }

  /** Datagrams of the last read, those that were cut off not included. */
  get datagrams(): number {
    return this.#datagrams
  }

  /** The number of datagrams in each packet of the last read, those that were cut off not included. */
  get packets(): readonly number[] {
    return this.#packets
  }

  /**
   * Reads once, without blocking. What was read stays until the next read by any socket of the transport.
   *
   * @param count - slots at most; fewer are filled when no more datagrams wait
   * @returns slots that were filled, those that were cut off included; or a negative errno
   */
  read(handle: Handle, count: number): number {
    const slots = this.#slots
    // What a read leaves that throws is nothing: not what an earlier one left.
    this.#filled = this.#truncated = this.#datagrams = this.#packets.length = 0
    const read = this.#addon.receive(handle, this.#bytes, this.#names, slots, count)
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
      let start = slot * SLOT_BYTES
      const end = start + (slots[at] as number)
      const stride = slots[at + 1] as number
      if (stride > 0 && start + stride < end) {
        const views = this.#viewsOf(slot, stride)
        for (let i = 0; start + stride <= end; i++, start += stride) {
          if (i === views.length) views.push(this.#bytes.subarray(start, start + stride))
          datagrams.push([copyOf(views[i] as Uint8Array), from])
        }
        if (start === end) continue // otherwise the last one is shorter
      }
      datagrams.push([copyOf(this.#bytes.subarray(start, end)), from])
    }
  }

  #viewsOf(slot: number, stride: number): Uint8Array[] {
    if (stride !== this.#stride) {
      this.#views = Array.from({ length: MAX_SLOTS }, () => [])
      this.#stride = stride
    }
    return this.#views[slot] as Uint8Array[]
  }

  /** Formats an address only when it is new: the datagrams of one sender share theirs. */
  #senderOf(slot: number): Address {
    const at = slot * NAME_BYTES
    const key = this.#names.toString('latin1', at, at + NAME_BYTES)
    let sender = this.#senders.get(key)
    if (!sender) {
      if (this.#senders.size === MAX_SENDERS) this.#senders.clear()
      sender = Object.freeze([
        this.#addon.hostOf(this.#names, slot),
        this.#names.readUInt16BE(at + 2),
      ])
      this.#senders.set(key, sender as Address)
    }
    return sender as Address
  }
}

/**
 * Copies bytes into memory of its own. `Buffer.alloc` never takes a part of Node's pool; up to 64 bytes V8 has them in its
 * heap, and at every size it takes no longer than `allocUnsafeSlow`, which calls C++ for each.
 */
function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.alloc(bytes.length)
  copy.set(bytes)
  return copy
}
