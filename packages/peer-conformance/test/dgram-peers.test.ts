import { type DatagramTransport, dgramTransport, sendingDgramTransport } from '@udpng/basic-peer'
import {
  describeCounters,
  describeDatagrams,
  describeFlow,
  describeForeignErrors,
  describeForeignPrograms,
  describeKernelCounters,
  describeNames,
  describePeers,
  describeShutdown,
  describeUDPSender,
  udpSender,
} from 'peer-conformance'
import { supports } from './dgram-supports.js'

/** What a UDPSender has when it is told no transport. */
const forSenders: DatagramTransport = {
  name: 'dgram for senders',
  open: (options) => (options.receive ? dgramTransport : sendingDgramTransport).open(options),
}

for (const family of [4, 6] as const) {
  describeDatagrams(dgramTransport, family)
  describeNames(dgramTransport, family)
  describeForeignErrors(dgramTransport, family)
  describeFlow(dgramTransport, family)
  describeShutdown(dgramTransport, family)
  describeCounters(dgramTransport, family)
  describePeers(dgramTransport, family)
  describeKernelCounters(dgramTransport, family, supports)
  describeForeignPrograms(dgramTransport, family)

  describeDatagrams(forSenders, family, [udpSender])
  describeNames(forSenders, family, [udpSender])
  describeShutdown(forSenders, family, [udpSender])
  describeCounters(forSenders, family, [udpSender])
  describeUDPSender(forSenders, family)
}
