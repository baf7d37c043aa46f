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
} from 'peer-conformance'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) {
  for (const family of [4, 6] as const) {
    describeDatagrams(transport, family)
    describeNames(transport, family)
    describeForeignErrors(transport, family)
    describeFlow(transport, family)
    describeShutdown(transport, family)
    describeCounters(transport, family)
    describePeers(transport, family)
    describeKernelCounters(transport, family, supports)
    describeForeignPrograms(transport, family)
    describeUDPSender(transport, family)
  }
}
