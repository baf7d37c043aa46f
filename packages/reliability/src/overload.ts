import type { DatagramTransport } from '@udpng/basic-peer'
import { eventually, liveHeap, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { discrepancy, statement } from './accounting.js'
import { finding } from './finding.js'
import { Traffic } from './traffic.js'

/** So many times what the reader takes is sent. */
const RATIO = 5
/** Datagrams that the reader takes in a turn. */
const TAKES = 8
/** A timer that is to go on ticking. */
const TICK_MS = 20
/** So long that what piles up would show, and so short that the kernel has room for more than the reader takes. */
const PAYLOAD = Buffer.alloc(1024, 7)
const MOST_GROWTH_BYTES = 32e6

/**
 * A reader that takes a fifth of what comes, for a long time.
 *
 * @param together - so many datagrams the kernel may drop together, and count as one drop (default 1)
 */
export function describeOverload(
  transport: DatagramTransport,
  floodMs: number,
  together = 1,
): void {
  describe(`overload: ${transport.name}`, () => {
    it(
      `REL-08 FLO-02 SCH-06 ${floodMs} ms of ${RATIO} times what the reader takes: memory flat, timers alive, counts exact`,
      async (context) => {
        let sum = ''
        finding(context, `overload, ${transport.name}`, () => sum, { seeded: false })
        const traffic = await Traffic.begin(transport, { capacity: 100 })
        let sent = 0
        let ticks = 0
        const timer = setInterval(() => ticks++, TICK_MS)
        const round = async (): Promise<void> => {
          for (let n = 0; n < RATIO * TAKES; n++, sent++) traffic.sender.inbox.deliver(PAYLOAD)
          traffic.take(TAKES)
          await turn()
        }
        while (traffic.got.taken < 1000) await round()
        const before = memory()
        for (const end = performance.now() + floodMs; performance.now() < end; ) await round()
        clearInterval(timer)
        const grown = memory() - before
        await eventually(() => traffic.sender.stats.sent === sent, 'all sent')
        await traffic.calm(true)
        await traffic.end()
        sum = `${statement(traffic.account)}; heap grown by ${grown} bytes, ${ticks} ticks`
        expect(discrepancy(traffic.account, together)).toBeUndefined()
        expect(traffic.account.received).toBeLessThan(traffic.account.sent / 2)
        expect(grown).toBeLessThan(MOST_GROWTH_BYTES)
        expect(ticks).toBeGreaterThan(floodMs / TICK_MS / 10)
      },
      floodMs + 120_000,
    )
  })
}

/** Bytes in use, buffers included. */
function memory(): number {
  return liveHeap() + process.memoryUsage().external
}
