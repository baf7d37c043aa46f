import { debug } from '@udpng/basic-peer'
import { EIO } from './linux.js'

/** Datagrams that are sent one by one before a message that was refused is tried again. */
const RETRY_AFTER = 4096

/**
 * Which datagrams of a socket may be sent as one message that the kernel cuts (UDP_SEGMENT). What a route refused is not tried
 * for the next 4096 datagrams, and then once more, because routes and MTUs change.
 *
 * A refusal counts only when the first datagram of the message was then accepted alone. EIO: a policy of IPsec, or, before Linux
 * 6.11, a device without checksum offload; nothing is cut there. EINVAL, and from Linux 6.14 EMSGSIZE: the datagrams are longer
 * than the MTU; shorter ones are cut.
 *
 * @see udp_send_skb in net/ipv4/udp.c, Linux 4.18 to 6.18
 */
export class Segmentation {
  /** Bytes of one datagram of a message that the kernel cuts, at most; 0: it cuts none. */
  limit: number
  readonly #longest: number
  #left = 0

  /** @param longest - bytes of a datagram that may be tried; 0 where the kernel has no UDP_SEGMENT */
  constructor(longest: number) {
    this.#longest = longest
    this.limit = longest
  }

  /** Takes note that a message of datagrams of `segment` bytes was refused, although the first of them was accepted alone. */
  refused(segment: number, errno: number): void {
    this.limit = Math.min(this.limit, errno === EIO ? 0 : segment - 1)
    this.#left = RETRY_AFTER
    debug(
      `a route refused a message of ${segment}-byte datagrams (errno ${errno}): ` +
        `for ${RETRY_AFTER} datagrams, those longer than ${this.limit} bytes are sent one by one`,
    )
  }

  /** Takes note that `count` datagrams were sent. */
  sent(count: number): void {
    if (this.#left === 0) return
    this.#left = Math.max(0, this.#left - count)
    if (this.#left > 0) return
    this.limit = this.#longest
    debug(`messages of datagrams of up to ${this.limit} bytes are tried again`)
  }
}
