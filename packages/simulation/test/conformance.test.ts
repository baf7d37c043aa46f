import { systemClock } from '@udpng/core'
import { describeAllPeers, describeSockets, describeUDPSender } from '@udpng/transport-tests'
import { afterEach, expect } from 'vitest'
import { Network, Random } from '../src/index.js'

/** NET-01: the suites of the real transports wait in real time, so this network has it, too. */
const network = new Network(new Random(1), systemClock)
const { transport } = network.host('here', '10.0.0.1', 'fe80::1')
const supports = { system: false, reusePort: true, blocks: false } as const

/** NET-05, whatever a test did. */
afterEach(() => expect(network.discrepancy).toBeUndefined())

describeSockets(transport, supports)
describeAllPeers(transport, supports)
for (const family of [4, 6] as const) describeUDPSender(transport, family)
