import { describeCycles, describeLongRuns, describeProcesses } from 'peer-conformance'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) {
  const long = Boolean(process.env['UDPNG_LONG'])

  describeCycles(transport, 4, supports)
  describeLongRuns(transport, 4, { count: 1e6, floodMs: long ? 60_000 : 5000 })
  describeProcesses('native')
}
