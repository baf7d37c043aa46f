import type { Address, Datagram } from '@udpng/basic-peer'
import {
  type Addon,
  type Handle,
  MOST_SLOTS,
  NAME_BYTES,
  SAME_SOURCE,
  SLOT_BYTES,
  SLOT_INTS,
  TRUNCATED,
} from './addon.js'
import { EAGAIN } from './linux.js'

/** Datagrams that were read in one piece, to be cut at every `stride` bytes. */
export interface Piece {
  readonly data: Buffer
  readonly stride: number
  readonly from: Address
  /** Where the next datagram begins, and how many there are from there on. */
  at: number
  left: number
}

/** So many slots may be memory of their own, which lives as long as any datagram of it. */
const MOST_OWN_SLOTS = 8

/** So many senders are remembered; then all are forgotten, and remembered anew. */
const MOST_SENDERS = 4096

/**
 * Reads datagrams, many at a time, into memory that all sockets of a transport share, and copies them once
 * into buffers of 64 KiB, of which each datagram is a part. Large ones that come together stay where they were read, in
 * a buffer of up to 512 KiB.
 *
 * @see udp(7), UDP_GRO
 */
export class Incoming {
  readonly #addon: Addon
  readonly #bytes = Buffer.alloc(MOST_SLOTS * SLOT_BYTES)
  readonly #names = Buffer.alloc(MOST_SLOTS * NAME_BYTES)
  readonly #slots = new Int32Array(MOST_SLOTS * SLOT_INTS)
  readonly #senders = new Map<string, Address>()
  /** What was read last filled more than half of its slots. Then the next read goes into memory of its own, and need not be copied. */
  #isDense = false
  #slab = Buffer.alloc(0)
  #used = 0

  constructor(addon: Addon) {
    this.#addon = addon
  }

  /**
   * Reads once, without blocking.
   *
   * @param count - pieces at most; fewer came when no more waited
   * @param pieces - where they are put
   * @returns how many came, those that were cut off included, which are not put there; or a negative errno
   */
  read(handle: Handle, count: number, pieces: Piece[]): number {
    const slots = this.#slots
    const isOwn = this.#isDense && count <= MOST_OWN_SLOTS
    const bytes = isOwn ? Buffer.allocUnsafeSlow(count * SLOT_BYTES) : this.#bytes
    const read = this.#addon.receive(handle, bytes, this.#names, slots, count)
    let total = 0
    for (let i = 0; i < read; i++) total += slots[i * SLOT_INTS] as number
    const stays = isOwn && total * 2 > count * SLOT_BYTES
    if (read > 0) this.#isDense = total * 2 > read * SLOT_BYTES
    let from: Address | undefined
    for (let i = 0; i < read; i++) {
      const at = i * SLOT_INTS
      const length = slots[at] as number
      const stride = (slots[at + 1] as number) || length
      const flags = slots[at + 2] as number
      if (from === undefined || !(flags & SAME_SOURCE)) from = this.#senderOf(i)
      if (flags & TRUNCATED) continue
      const left = Math.ceil(length / stride) || 1 // one without bytes is one, too
      pieces.push({
        data: stays
          ? bytes.subarray(i * SLOT_BYTES, i * SLOT_BYTES + length)
          : this.#copy(bytes, i, length),
        stride,
        from,
        at: 0,
        left,
      })
    }
    return read === -EAGAIN ? 0 : read
  }

  #copy(bytes: Buffer, slot: number, length: number): Buffer {
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLOT_BYTES)
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    bytes.copy(this.#slab, start, slot * SLOT_BYTES, slot * SLOT_BYTES + length)
    return this.#slab.subarray(start, this.#used)
  }

  /** Formats an address only when it is new: the datagrams of one sender share theirs. */
  #senderOf(slot: number): Address {
    const at = slot * NAME_BYTES
    const key = this.#names.toString('latin1', at, at + NAME_BYTES)
    let sender = this.#senders.get(key)
    if (!sender) {
      if (this.#senders.size === MOST_SENDERS) this.#senders.clear()
      sender = Object.freeze([
        this.#addon.hostOf(this.#names, slot),
        this.#names.readUInt16BE(at + 2),
      ])
      this.#senders.set(key, sender as Address)
    }
    return sender as Address
  }
}

/** Cuts datagrams off the pieces, first come, first served, until there are `max` or nothing is left. */
export function cut(pieces: Piece[], max: number, datagrams: Datagram[]): void {
  let done = 0
  for (; done < pieces.length && datagrams.length < max; done++) {
    const piece = pieces[done] as Piece
    const { data, stride, from } = piece
    for (; piece.left > 0 && datagrams.length < max; piece.left--) {
      const end = piece.at + stride
      datagrams.push([data.subarray(piece.at, end), from])
      piece.at = end
    }
    if (piece.left > 0) break
  }
  pieces.splice(0, done)
}
