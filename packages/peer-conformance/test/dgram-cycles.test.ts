import { dgramTransport } from '@udpng/basic-peer'
import { describeCycles } from 'peer-conformance'
import { supports } from './dgram-supports.js'

describeCycles(dgramTransport, 4, supports)
