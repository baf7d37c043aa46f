import { dgramTransport } from '@udpng/basic-peer'
import { describeSockets } from '@udpng/transport-tests'
import { supports } from './dgram-supports.js'

describeSockets(dgramTransport, supports)
