import type { Bounds } from '@udpng/basic-peer'
import type { Addon, Handle } from './addon.js'
import { SO_MEMINFO, SOL_SOCKET } from './linux.js'

/** Nine uint32; the last one is how many packets were dropped: SK_MEMINFO_DROPS, include/uapi/linux/sock_diag.h. */
const MEMINFO_BYTES = 36
const DROPS_AT = 32

/**
 * Maximum number of datagrams in one packet that the kernel delivers: by segmentation (UDP_MAX_SEGMENTS, include/linux/udp.h: 64 from
 * Linux 4.18, 128 from 6.9 and in the stable series of that time), and by GRO (UDP_GRO_CNT_MAX, net/ipv4/udp_offload.c: 64).
 * GRO adds nothing to a packet that is already coalesced (dev_gro_receive, net/core/gro.c). A larger packet, which a hypervisor or a
 * tap device could deliver on Linux 6.2 to 6.6, raises the maximum when it is read.
 */
const MAX_SEGMENTS = 128

/**
 * Counts the kernel drops of one socket. The kernel counts packets: each is one datagram until `coalesce` is called, and up to 128
 * datagrams from then on. The estimate uses the packets read just before and just after the drops. A sample costs one getsockopt,
 * and allocates nothing.
 *
 * @see udp_queue_rcv_skb in net/ipv4/udp.c, Linux 5.0 to 6.18: without UDP_GRO a packet is cut before it is queued or dropped
 */
export class DropCount {
  readonly #addon: Pick<Addon, 'getOption'>
  readonly #bytes = Buffer.alloc(MEMINFO_BYTES)
  #isKnown = false
  #isCoalescing = false
  /** Whether packets queued since `coalesce` have been read: earlier ones are one datagram each. */
  #isWarm = false
  /** The kernel's last value. */
  #last = 0
  /** Datagrams dropped before `coalesce`, and packets since. */
  #datagrams = 0
  #packets = 0
  /** Dropped packets whose datagrams are already estimated, and that estimate. */
  #settled = 0
  #estimate = 0
  #maxSegments = MAX_SEGMENTS
  /** Packets of the last read, and the datagrams in them; 0 before the first one. */
  #packetsBefore = 0
  #datagramsBefore = 0
  /** The highest estimate returned: it never decreases. */
  #about = 0

  constructor(addon: Pick<Addon, 'getOption'>) {
    this.#addon = addon
  }

  /** The bounds so far; undefined if the kernel has no SO_MEMINFO (before Linux 4.12). */
  get bounds(): Bounds | undefined {
    if (!this.#isKnown) return undefined
    const atLeast = this.#datagrams + this.#packets
    const atMost = this.#datagrams + this.#packets * this.#maxSegments
    const each = this.#packetsBefore > 0 ? this.#datagramsBefore / this.#packetsBefore : 1
    const sum = this.#datagrams + this.#estimate + (this.#packets - this.#settled) * each
    this.#about = Math.min(atMost, Math.max(atLeast, this.#about, Math.round(sum)))
    return { atLeast, atMost, about: this.#about }
  }

  /** Reads the counter of the kernel. */
  sample(handle: Handle): void {
    const read = this.#addon.getOption(handle, SOL_SOCKET, SO_MEMINFO, this.#bytes)
    if (read !== MEMINFO_BYTES) return
    this.#isKnown = true
    const now = this.#bytes.readUInt32LE(DROPS_AT)
    const dropped = (now - this.#last) >>> 0 // it wraps at 2^32
    this.#last = now
    if (this.#isCoalescing) this.#packets += dropped
    else this.#datagrams += dropped
  }

  /** From now on a packet may have more than one datagram. Call this before UDP_GRO is set. */
  coalesce(handle: Handle): void {
    this.sample(handle)
    this.#isCoalescing = true
  }

  /**
   * Records a read, and samples.
   *
   * @param sizes - the number of datagrams in each packet of the read
   * @param isEmpty - whether the read emptied the receive buffer
   */
  read(handle: Handle, sizes: Iterable<number>, isEmpty: boolean): void {
    if (!this.#isCoalescing) return
    this.sample(handle)
    let [packets, datagrams] = [0, 0]
    for (const size of sizes) {
      if (size > 1 && !this.#isWarm) {
        this.#isWarm = true
        packets = datagrams = 0
      }
      if (size > this.#maxSegments) this.#maxSegments = size
      packets++
      datagrams += size
    }
    if (this.#isWarm && packets > 0) {
      const each = (datagrams + this.#datagramsBefore) / (packets + this.#packetsBefore)
      this.#estimate += (this.#packets - this.#settled) * each
      this.#settled = this.#packets
      this.#packetsBefore = packets
      this.#datagramsBefore = datagrams
    }
    if (isEmpty) this.#isWarm = true
  }
}
