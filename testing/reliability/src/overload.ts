import type { DatagramTransport } from '@udpng/basic-peer'
import { Component, type Main } from '@udpng/core'
import { eventually, liveHeap } from 'test-support'
import { describe, expect, it } from 'vitest'
import { statement } from './accounting.js'
import { finding } from './finding.js'
import { Traffic } from './traffic.js'

/** The sending rate, as a multiple of what the reader takes. */
const RATIO = 5
/** Datagrams that the reader takes at a time. */
const TAKES = 8
/** A timer that is to go on ticking. */
const TICK_MS = 20
/** Long enough for a growing queue to show, short enough for the kernel to have room for more than the reader takes. */
const PAYLOAD = Buffer.alloc(1024, 7)
const MAX_GROWTH_BYTES = 32e6

/** A reader that takes a fifth of what comes, for a long time. */
export function describeOverload(transport: DatagramTransport, floodMs: number): void {
  describe(`overload: ${transport.name}`, () => {
    it(
      `REL-08 FLO-02 SCH-06 ${floodMs} ms of ${RATIO} times what the reader takes: memory flat, timers alive, counts exact`,
      async (context) => {
        let sum = ''
        finding(context, `overload, ${transport.name}`, () => sum, { seeded: false })
        const traffic = await Traffic.begin(transport, { capacity: 100 })
        const { sender, got } = traffic
        const overload = traffic.scheduler.activate(new Overload(traffic))
        let ticks = 0
        const timer = setInterval(() => ticks++, TICK_MS)
        await eventually(() => got.taken > 1000, 'a flood')
        const [before, ticksBefore] = [memory(), ticks]
        overload.endsAt = performance.now() + floodMs
        await eventually(() => overload.ended, 'the end of the flood', floodMs + 60_000)
        clearInterval(timer)
        const grown = memory() - before
        ticks -= ticksBefore
        await eventually(() => sender.stats.sent === overload.sent, 'all sent')
        await traffic.calm(true)
        await traffic.end() // which looks whether all is accounted for
        sum = `${statement(traffic.account)}; heap grown by ${grown} bytes, ${ticks} ticks`
        expect(traffic.account.received).toBeLessThan(traffic.account.sent / 2)
        expect(grown).toBeLessThan(MAX_GROWTH_BYTES)
        expect(ticks).toBeGreaterThan(floodMs / TICK_MS / 10)
      },
      floodMs + 120_000,
    )
  })
}

/** Sends as much as there is room for and takes a share of it, without ever pausing: only the scheduler gives others a turn. */
class Overload extends Component {
  sent = 0
  endsAt: number = performance.now() + 30_000
  readonly #traffic: Traffic

  constructor(traffic: Traffic) {
    super()
    this.#traffic = traffic
  }

  override *main(): Main {
    const { sender, got } = this.#traffic
    for (; performance.now() < this.endsAt; yield) {
      for (let n = 0; n < RATIO * TAKES && !sender.inbox.full; n++, this.sent++)
        sender.inbox.deliver(PAYLOAD)
      this.#traffic.take(this.sent / RATIO - got.taken)
    }
  }
}

/** Bytes in use, buffers included. */
function memory(): number {
  return liveHeap() + process.memoryUsage().external
}
