import { dgramTransport } from '@udpng/basic-peer'
import { describeCycles } from '@udpng/transport-tests'
import { supports } from './dgram-supports.js'

const count = process.env['UDPNG_LONG'] ? 100_000 : 20_000

describeCycles(dgramTransport, 4, supports, { count })
