import {
  describeAddresses,
  describeBinding,
  describeMulticast,
  describeSameMessages,
  describeTransportContract,
} from 'peer-conformance'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) {
  for (const family of [4, 6] as const) {
    describeTransportContract(transport, family, supports)
    describeSameMessages(transport, family)
    describeAddresses(transport, family, supports)
    describeBinding(transport, family, supports)
  }

  // Linux has no route for IPv6 groups on loopback: see the namespace.
  describeMulticast(transport, 4, { name: 'lo', address: '127.0.0.1' })
}
