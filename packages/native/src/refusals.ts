import type { PeerStats } from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import { type Addon, type Handle, NAME_BYTES } from './addon.js'
import { systemError } from './system-error.js'

/** Gets the last of the reported ICMP errors; without a destination, if the kernel did not name it. It may send and close. */
export type OnRefused = (address: Address | undefined, error: NodeJS.ErrnoException) => void

/** Reads and counts the ICMP errors of earlier datagrams in the error queue of a socket: MSG_ERRQUEUE of recvmsg(2). */
export class Refusals {
  /** Whether a send met ICMP errors, which are now to be passed on. */
  waiting = false
  /** Whether the socket was closed. */
  closed = false
  readonly #addon: Addon
  readonly #handle: Handle
  readonly #stats: PeerStats
  readonly #onRefused: OnRefused
  /** The destination and the errno of the last report. */
  readonly #name = Buffer.alloc(NAME_BYTES)
  readonly #errno = new Int32Array(1)

  constructor(addon: Addon, handle: Handle, stats: PeerStats, onRefused: OnRefused) {
    this.#addon = addon
    this.#handle = handle
    this.#stats = stats
    this.#onRefused = onRefused
    stats.refused ??= 0
  }

  /**
   * Takes all reports, and passes the last one on. Nothing once the socket is closed.
   *
   * @param met - the errno of a read, or 0; if ICMP can cause it, it counts as a report too
   * @returns the number of reports
   */
  take(met = 0): number {
    if (this.closed) return 0
    const name = this.#name
    this.waiting = false
    this.#errno[0] = met
    const count = this.#addon.refusals(this.#handle, name, this.#errno)
    if (count === 0) return 0
    this.#stats.refused = (this.#stats.refused ?? 0) + count
    const errno = this.#errno[0]
    if (name.readUInt16LE() === 0) this.#onRefused(undefined, systemError('recvmsg', errno))
    else {
      const [host, port] = [this.#addon.hostOf(name, 0), name.readUInt16BE(2)]
      this.#onRefused([host, port], systemError('recvmsg', errno, host, port))
    }
    return count
  }
}
