import { systemClock } from '@udpng/core'
import { describeCycles } from '@udpng/transport-tests'
import { Network, Random } from '../src/index.js'

const { transport } = new Network(new Random(1), systemClock).host('here', '10.0.0.1')
const supports = { system: false, reusePort: true, blocks: false } as const

describeCycles(transport, 4, supports, { count: process.env['UDPNG_LONG'] ? 100_000 : 20_000 })
