import { dgramTransport } from '@udpng/basic-peer'
import { describeCable } from 'peer-conformance'

describeCable(dgramTransport)
