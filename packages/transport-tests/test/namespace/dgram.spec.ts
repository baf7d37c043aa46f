import { dgramTransport } from '@udpng/basic-peer'
import { describeCable } from '@udpng/transport-tests'

describeCable(dgramTransport)
