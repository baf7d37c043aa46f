import { describeAllPeers, describeUDPSender } from '@udpng/transport-tests'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) {
  describeAllPeers(transport, supports)
  for (const family of [4, 6] as const) describeUDPSender(transport, family)
}
