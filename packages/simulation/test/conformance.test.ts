import { systemClock } from '@udpng/core'
import {
  describeAllPeers,
  describeCycles,
  describeSockets,
  describeUDPSender,
} from 'peer-conformance'
import { Network, Random } from '../src/index.js'

/** NET-01: the suites of the real transports wait in real time, so this network has it, too. */
const { transport } = new Network(new Random(1), systemClock).host('here', '10.0.0.1', 'fe80::1')
const supports = { reusePort: true, blocks: false } as const

describeSockets(transport, supports)
describeAllPeers(transport, supports)
for (const family of [4, 6] as const) describeUDPSender(transport, family)
describeCycles(transport, 4, supports)
