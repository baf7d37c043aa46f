import { describeCycles, describeLongRuns } from '@udpng/transport-tests'
import { describeDescriptors, describeProcesses } from 'process-tests'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) {
  const long = Boolean(process.env['UDPNG_LONG'])

  describeCycles(transport, 4, supports, { count: long ? 100_000 : 20_000 })
  describeLongRuns(transport, 4, { count: 1e6, floodMs: long ? 60_000 : 1000 })
  describeProcesses('native')
  describeDescriptors('native')
}
