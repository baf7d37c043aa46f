import { dgramTransport } from '@udpng/basic-peer'
import { describeSockets } from 'peer-conformance'
import { supports } from './dgram-supports.js'

describeSockets(dgramTransport, supports)
