import { dgramTransport } from '@udpng/basic-peer'
import { describeLongRuns } from '@udpng/transport-tests'

const long = Boolean(process.env['UDPNG_LONG'])

// A million in every test run are those of the native transport, which takes a tenth of the time.
describeLongRuns(dgramTransport, 4, { count: long ? 1e6 : 2e5, floodMs: long ? 60_000 : 1000 })
// What differs from IPv4 is the address only.
describeLongRuns(dgramTransport, 6, { count: long ? 1e6 : 1e5, floodMs: long ? 60_000 : 1000 })
