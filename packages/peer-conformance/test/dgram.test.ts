import { dgramTransport } from '@udpng/basic-peer'
import {
  describeAddresses,
  describeBinding,
  describeMulticast,
  describeSameMessages,
  describeTransportContract,
} from 'peer-conformance'
import { supports } from './dgram-supports.js'

for (const family of [4, 6] as const) {
  describeTransportContract(dgramTransport, family, supports)
  describeSameMessages(dgramTransport, family)
  describeAddresses(dgramTransport, family, supports)
  describeBinding(dgramTransport, family, supports)
}

// Linux has no route for IPv6 groups on loopback: see the namespace.
describeMulticast(dgramTransport, 4, { name: 'lo', address: '127.0.0.1' })
