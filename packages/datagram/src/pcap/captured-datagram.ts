import type { Address } from '../address.js'

/** A datagram of a capture file. */
export interface CapturedDatagram {
  /** When it was sent or received: nanoseconds since 1970, up to the year 2106. */
  readonly time: bigint
  /** Its source and its destination: IP literals of one family; an IPv4-mapped address counts as IPv4. */
  readonly from: Address
  readonly to: Address
  /** Its payload: at most 65507 bytes on IPv4, 65527 bytes on IPv6. */
  readonly data: Uint8Array
}
