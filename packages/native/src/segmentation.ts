import { debug } from '@udpng/basic-peer'
import { EIO } from './linux.js'

/** Number of datagrams sent after a refusal before GSO is tried again. */
const RETRY_AFTER = 4096

/**
 * Decides which datagrams of a socket may be sent as one GSO message (UDP_SEGMENT). Sizes that a route refused are not tried
 * for the next 4096 datagrams, and then again, because routes and MTUs change.
 *
 * A refusal counts only if the first datagram of the message was then accepted alone. EIO: an IPsec policy, or, before Linux
 * 6.11, a device without checksum offload; GSO is off. EINVAL, and from Linux 6.14 EMSGSIZE: the datagrams are longer
 * than the MTU; shorter ones still use GSO.
 *
 * @see udp_send_skb in net/ipv4/udp.c, Linux 4.18 to 6.18
 */
export class Segmentation {
  /** Maximum size of a datagram in a GSO message, bytes; 0 without GSO. */
  limit: number
  readonly #longest: number
  #left = 0

  /** @param longest - the initial maximum, bytes; 0 if the kernel has no UDP_SEGMENT */
  constructor(longest: number) {
    this.#longest = longest
    this.limit = longest
  }

  /** Records that a message of datagrams of `segment` bytes was refused, although the first of them was accepted alone. */
  refused(segment: number, errno: number): void {
    this.limit = Math.min(this.limit, errno === EIO ? 0 : segment - 1)
    this.#left = RETRY_AFTER
    debug(
      `a route refused a message of ${segment}-byte datagrams (errno ${errno}): ` +
        `for ${RETRY_AFTER} datagrams, those longer than ${this.limit} bytes are sent one by one`,
    )
  }

  /** Records that `count` datagrams were sent. */
  sent(count: number): void {
    if (this.#left === 0) return
    this.#left = Math.max(0, this.#left - count)
    if (this.#left > 0) return
    this.limit = this.#longest
    debug(`messages of datagrams of up to ${this.limit} bytes are tried again`)
  }
}
