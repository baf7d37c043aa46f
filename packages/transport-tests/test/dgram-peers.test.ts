import { type DatagramTransport, dgramTransport, sendingDgramTransport } from '@udpng/basic-peer'
import {
  describeAllPeers,
  describeCounters,
  describeDatagrams,
  describeNames,
  describeShutdown,
  describeUDPSender,
} from '@udpng/transport-tests'
import { udpSender } from '@udpng/transport-tests/tools'
import { supports } from './dgram-supports.js'

/** The transport of a UDPSender without that option. */
const forSenders: DatagramTransport = {
  name: 'dgram for senders',
  open: (options) => (options.receive ? dgramTransport : sendingDgramTransport).open(options),
}

describeAllPeers(dgramTransport, supports)

for (const family of [4, 6] as const) {
  describeDatagrams(forSenders, family, [udpSender])
  describeNames(forSenders, family, [udpSender])
  describeShutdown(forSenders, family, [udpSender])
  describeCounters(forSenders, family, [udpSender])
  describeUDPSender(forSenders, family)
}
