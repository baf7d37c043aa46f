import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { describePostboxPeer } from './postbox-peer.js'
import { describeSimplePeer } from './simple-peer.js'
import { describeTargettedPeer } from './targetted-peer.js'
import { describeUDPReceiver } from './udp-receiver.js'
import { describeUDPSender } from './udp-sender.js'

/** What each of the five peers does with what it gets. */
export function describePeers(transport: DatagramTransport, family: Family): void {
  describeUDPReceiver(transport, family)
  describeUDPSender(transport, family)
  describeSimplePeer(transport, family)
  describeTargettedPeer(transport, family)
  describePostboxPeer(transport, family)
}
