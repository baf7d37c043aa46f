import { dgramTransport } from '@udpng/basic-peer'
import { describeUnroutable } from '@udpng/transport-tests'

for (const family of [4, 6] as const) describeUnroutable(dgramTransport, family)
