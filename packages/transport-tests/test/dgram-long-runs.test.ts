import { dgramTransport } from '@udpng/basic-peer'
import { describeLongRuns } from '@udpng/transport-tests'

const long = Boolean(process.env['UDPNG_LONG'])

describeLongRuns(dgramTransport, 4, { count: 1e6, floodMs: long ? 60_000 : 5000 })
// What differs from IPv4 is the address only.
describeLongRuns(dgramTransport, 6, { count: long ? 1e6 : 1e5, floodMs: long ? 60_000 : 2000 })
