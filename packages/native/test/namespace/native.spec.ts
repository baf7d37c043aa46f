import { describeLinkLocal, describeMulticast, describeUnroutable } from 'peer-conformance'
import { available } from '../available.js'

const transport = available()
if (transport) {
  const near = { name: 'udpng0', address: 'fe80::1' }
  const far = { name: 'udpng1', address: 'fe80::2' }

  describeLinkLocal(transport, { near, far })
  describeMulticast(transport, 4, { name: 'udpng0', address: '10.9.0.1', wiredTo: 'udpng1' })
  describeMulticast(transport, 6, {
    name: 'udpng0',
    address: 'fe80::1%udpng0',
    wiredTo: 'udpng1',
  })
  for (const family of [4, 6] as const) describeUnroutable(transport, family)
}
