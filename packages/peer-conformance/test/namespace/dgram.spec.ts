import { dgramTransport } from '@udpng/basic-peer'
import { describeLinkLocal, describeMulticast } from 'peer-conformance'

const near = { name: 'udpng0', address: 'fe80::1' }
const far = { name: 'udpng1', address: 'fe80::2' }

describeLinkLocal(dgramTransport, { near, far })
describeMulticast(dgramTransport, 4, { name: 'udpng0', address: '10.9.0.1', wiredTo: 'udpng1' })
describeMulticast(dgramTransport, 6, {
  name: 'udpng0',
  address: 'fe80::1%udpng0',
  wiredTo: 'udpng1',
})
