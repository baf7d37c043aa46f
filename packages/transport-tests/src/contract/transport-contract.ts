import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import type { Supports } from '../supports.js'
import { describeBackpressure } from './backpressure.js'
import { describeClose } from './close.js'
import { describeFailedParcels } from './failed-parcels.js'
import { describeReports } from './reports.js'
import { describeTransfer } from './transfer.js'

/**
 * The contract between a transport and BasicPeer, without any peer: what `DatagramTransport` and
 * `DatagramSocket` promise.
 */
export function describeTransportContract(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  describeTransfer(transport, family)
  describeFailedParcels(transport, family)
  describeReports(transport, family, supports)
  describeBackpressure(transport, family, supports)
  describeClose(transport, family, supports)
}
