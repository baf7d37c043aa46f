import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { kinds as allKinds, type Kind } from '../rig/kinds.js'
import type { Supports } from '../supports.js'
import { describeBroadcast } from './broadcast.js'
import { describeDestinations } from './destinations.js'
import { describeReceiveBuffer } from './receive-buffer.js'
import { describeSharing } from './sharing.js'

/** Addresses of peers: destinations, senders, sharing, broadcast, and the receive buffer behind an address. */
export function describeAddresses(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  describeDestinations(transport, family, kinds)
  describeSharing(transport, family, supports)
  if (family === 4) describeBroadcast(transport, family, kinds)
  describeReceiveBuffer(transport, family, supports, kinds)
}
