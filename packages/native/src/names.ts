import { type Addon, NAME_BYTES } from './addon.js'

/** Capacity of the cache of destinations; when it is full, it is cleared. */
export const MAX_NAMES = 4096
/** Index of the empty name (AF_UNSPEC): send to the connected address. */
export const CONNECTED: number = MAX_NAMES

/**
 * Caches destinations in the kernel's form, each packed once: a datagram then costs two map look-ups. Two spellings of one
 * address are one destination.
 */
export class Names {
  /** The packed destinations, and zeros for `CONNECTED`. */
  readonly bytes: Uint8Array
  readonly #pack: Addon['pack']
  readonly #nameBytes: number
  readonly #hosts = new Map<string, Map<number, number>>()
  /** By the packed form. */
  readonly #numbers = new Map<string, number>()
  /** Entries of `#hosts`. */
  #spellings = 0

  /** @param nameBytes - the size of a packed destination (default: that of an IP address) */
  constructor({ pack }: Pick<Addon, 'pack'>, nameBytes: number = NAME_BYTES) {
    this.#pack = pack
    this.#nameBytes = nameBytes
    this.bytes = new Uint8Array((MAX_NAMES + 1) * nameBytes)
  }

  /** Number of free entries. At 0, `clear` is needed. */
  get room(): number {
    return MAX_NAMES - this.#spellings
  }

  /** Evicts all; numbers returned before are no longer valid. */
  clear(): void {
    this.#hosts.clear()
    this.#numbers.clear()
    this.#spellings = 0
  }

  /** Returns the number of a destination, an IP literal and a port; -1 if its scope is unknown. */
  find(host: string, port: number): number {
    const ports = this.#hosts.get(host)
    const found = ports?.get(port)
    if (found !== undefined) return found
    const next = this.#numbers.size
    if (!this.#pack(host, port, this.bytes, next)) return -1
    const size = this.#nameBytes
    const packed = Buffer.from(this.bytes.buffer, next * size, size).toString('latin1')
    const number = this.#numbers.get(packed) ?? next
    this.#numbers.set(packed, number)
    if (ports) ports.set(port, number)
    else this.#hosts.set(host, new Map([[port, number]]))
    this.#spellings++
    return number
  }
}
