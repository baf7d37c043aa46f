import { describeCable, describeUnroutable } from '@udpng/transport-tests'
import { available } from '../available.js'

const transport = available()
if (transport) {
  describeCable(transport)
  for (const family of [4, 6] as const) describeUnroutable(transport, family)
}
