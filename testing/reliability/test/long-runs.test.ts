import { dgramTransport } from '@udpng/basic-peer'
import { nativeTransport } from '@udpng/native'
import { describeCycles, describeLongRuns, type Supports } from '@udpng/transport-tests'
import { describeOverload, isLong } from 'reliability'
import { it } from 'vitest'

const FLOOD_MS = 60_000
const CYCLES = 100_000

if (isLong) {
  const supports: Supports = { system: true, reusePort: false, blocks: true }
  describeOverload(dgramTransport, FLOOD_MS)
  describeLongRuns(dgramTransport, 4, { count: 1e6, floodMs: FLOOD_MS })
  describeCycles(dgramTransport, 4, supports, { count: CYCLES })
  try {
    const transport = nativeTransport()
    describeOverload(transport, FLOOD_MS)
    describeLongRuns(transport, 4, { count: 1e6, floodMs: FLOOD_MS })
    describeCycles(transport, 4, supports, { count: CYCLES })
  } catch (error) {
    it('REL-08 the native transport', ({ skip }) =>
      skip(`it cannot serve here: ${(error as Error).message}`))
  }
} else
  it('REL-08 BND-07 floods of a minute, 1e5 cycles of open and close', ({ skip }) =>
    skip('they take minutes: pnpm run reliability'))
