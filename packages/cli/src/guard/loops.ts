/** In a loop, the same payload comes from the same host at intervals shorter than this, milliseconds. */
const MAX_GAP_MS = 1000
/** A burst of equal datagrams is shorter than this, milliseconds. */
const MIN_AGE_MS = 250
/** The first datagram of a loop that is dropped. */
const FIRST_DROP = 32
/** Number of payloads that are watched at the same time: 2^12. */
const SLOTS = 4096
/** Number of bytes hashed at the beginning and at the end of a payload: counters and times are there. */
const SAMPLED_BYTES = 32

/** Options of Loops: all optional. */
export interface LoopsOptions {
  /**
   * Whether to count only datagrams from another port than the one before (default false). Two relays that send to each
   * other open a new port for each lap, while a client that repeats itself keeps its port.
   */
  readonly newPortsOnly?: boolean
}

/**
 * Detects datagrams that circulate in a loop with another server, and breaks the loop by dropping some of them.
 *
 * To a server a loop looks like a client that repeats itself: the same payload from the same host, less than a second
 * apart. They differ when one datagram is dropped: a loop depends on the server's replies, and has lost
 * that datagram for good; a client continues by itself. So once they have repeated for 250 ms, datagram number
 * `32 n^1.5` of them is dropped: the 32nd, the 91st, the 167th, ... A loop of one datagram ends with the first of these, one of k
 * with the k-th. A client that repeats itself loses one of 32 at first, one of 1,500 after a million.
 *
 * It takes constant time for each datagram, allocates nothing for it, and watches 4096 payloads in 150 kB: if two hash
 * to one slot, the one that repeats faster stays.
 */
export class Loops {
  readonly #newPortsOnly: boolean
  readonly #tags = new Uint32Array(SLOTS)
  readonly #counts = new Uint32Array(SLOTS)
  /** The count at which the next datagram is dropped. */
  readonly #nextDrops = new Uint32Array(SLOTS)
  readonly #ports = new Uint16Array(SLOTS)
  /** Number of other payloads for the same slot. */
  readonly #rivals = new Uint32Array(SLOTS)
  readonly #since = new Float64Array(SLOTS)
  readonly #last = new Float64Array(SLOTS).fill(-Infinity)

  constructor({ newPortsOnly = false }: LoopsOptions = {}) {
    this.#newPortsOnly = newPortsOnly
  }

  /**
   * Returns whether to drop a datagram because it is in a loop.
   *
   * @param host - a hash of its source host
   * @param now - milliseconds of a monotonic clock
   */
  catches(host: number, port: number, data: Uint8Array, now: number): boolean {
    const tag = hashOf(data, host)
    const slot = tag % SLOTS
    const idle = now - (this.#last[slot] as number) > MAX_GAP_MS
    if (idle || this.#tags[slot] !== tag) {
      const rivals = (this.#rivals[slot] as number) + 1
      if (!idle && rivals <= (this.#counts[slot] as number)) {
        this.#rivals[slot] = rivals
        return false
      }
      this.#watch(slot, tag, port, now)
      return false
    }
    this.#last[slot] = now
    if (this.#newPortsOnly && this.#ports[slot] === port) return false
    this.#ports[slot] = port
    const count = (this.#counts[slot] as number) + 1
    this.#counts[slot] = count
    if (
      count < (this.#nextDrops[slot] as number) ||
      now - (this.#since[slot] as number) < MIN_AGE_MS
    )
      return false
    const drops = Math.floor((count / FIRST_DROP) ** (2 / 3)) + 1
    this.#nextDrops[slot] = Math.ceil(FIRST_DROP * drops ** 1.5)
    return true
  }

  #watch(slot: number, tag: number, port: number, now: number): void {
    this.#tags[slot] = tag
    this.#counts[slot] = 1
    this.#nextDrops[slot] = FIRST_DROP
    this.#ports[slot] = port
    this.#rivals[slot] = 0
    this.#since[slot] = now
    this.#last[slot] = now
  }
}

/** FNV-1a of a text (draft-eastlake-fnv), 32 bits. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** FNV-1a of the length and of at most 64 bytes, begun with another hash. */
function hashOf(data: Uint8Array, begin: number): number {
  const { length } = data
  let hash = Math.imul(begin ^ length, 0x01000193)
  const head = Math.min(length, SAMPLED_BYTES)
  for (let i = 0; i < head; i++) hash = Math.imul(hash ^ (data[i] as number), 0x01000193)
  for (let i = Math.max(head, length - SAMPLED_BYTES); i < length; i++)
    hash = Math.imul(hash ^ (data[i] as number), 0x01000193)
  // The low bits select the slot: mix in the high ones (the finalizer of MurmurHash3).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
