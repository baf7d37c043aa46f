import type { Address, Family } from '@udpng/datagram'

/** A datagram in flight. Both hosts are literals of its family, without scopes. */
export interface Packet {
  readonly family: Family
  readonly from: Address
  readonly to: Address
  readonly data: Uint8Array
  /** The interface that it is sent on. It reaches other hosts only on the link. */
  readonly on: string
}
