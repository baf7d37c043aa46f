import { dgramTransport } from '@udpng/basic-peer'
import {
  describeCounters,
  describeDatagrams,
  describeFlow,
  describeForeignErrors,
  describeNames,
  describePeers,
  describeShutdown,
} from 'peer-conformance'

for (const family of [4, 6] as const) {
  describeDatagrams(dgramTransport, family)
  describeNames(dgramTransport, family)
  describeForeignErrors(dgramTransport, family)
  describeFlow(dgramTransport, family)
  describeShutdown(dgramTransport, family)
  describeCounters(dgramTransport, family)
  describePeers(dgramTransport, family)
}
