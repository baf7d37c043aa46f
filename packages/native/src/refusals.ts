import type { OpenOptions } from '@udpng/basic-peer'
import { type Addon, type Handle, NAME_BYTES } from './addon.js'
import { systemError } from './system-error.js'

/** Reads and counts the ICMP errors of earlier datagrams in the error queue of a socket: MSG_ERRQUEUE of recvmsg(2). */
export class Refusals {
  /** Whether a send met ICMP errors, which are now to be passed on. */
  waiting = false
  readonly #addon: Addon
  readonly #handle: Handle
  readonly #options: OpenOptions
  /** The destination and the errno of the last report. */
  readonly #name = Buffer.alloc(NAME_BYTES)
  readonly #errno = new Int32Array(1)

  constructor(addon: Addon, handle: Handle, options: OpenOptions) {
    this.#addon = addon
    this.#handle = handle
    this.#options = options
    options.stats.refused ??= 0
  }

  /**
   * Takes all reports, and passes the last one to `onRefused`, which may send and close.
   *
   * @param met - the errno of a read, or 0; if ICMP can cause it, it counts as a report too
   * @returns the number of reports
   */
  take(met = 0): number {
    const { stats, onRefused } = this.#options
    const name = this.#name
    this.waiting = false
    this.#errno[0] = met
    const count = this.#addon.refusals(this.#handle, name, this.#errno)
    stats.refused = (stats.refused ?? 0) + count
    if (count > 0 && onRefused && name.readUInt16LE() !== 0) {
      const [host, port] = [this.#addon.hostOf(name, 0), name.readUInt16BE(2)]
      onRefused([host, port], systemError('recvmsg', this.#errno[0], host, port))
    }
    return count
  }
}
