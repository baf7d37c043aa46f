import type { DatagramTransport } from '@udpng/basic-peer'
import { Scheduler, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { activeResources, eventually, liveHeap, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind } from './kinds.js'
import { quiet } from './quiet.js'
import { label, loopback } from './rig.js'
import type { Supports } from './supports.js'

/** All of them take more than a minute. */
const CYCLES = process.env['UDPNG_LONG'] ? 100_000 : 20_000
/** What V8 learns about the code is no growth. */
const WARM_UP = CYCLES / 2
/** The smallest thing that could be left behind by each is larger. */
const MOST_BYTES_EACH = 16

/** Opening and closing leaves nothing behind. */
export function describeCycles(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  const localAddr = loopback(family)
  const scheduler = new Scheduler()

  async function cycle(kind: Kind): Promise<void> {
    const peer = kind.create({ transport, family, localAddr }, [localAddr, 9])
    scheduler.activate(peer)
    const run = scheduler.run()
    await peer.bound
    peer.control.deliver(shutdownMicroprocess())
    await run
  }

  async function cycles(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await cycle(kinds[i % kinds.length] as Kind)
    await quiet()
  }

  describe(`open and close: ${label(transport, family)}`, () => {
    it(`BND-07 ${CYCLES} open/close cycles leave no descriptor, timer or heap growth`, async () => {
      await cycles(WARM_UP)
      const before = { sockets: supports.system && openSockets(), resources: activeResources() }
      const heap = liveHeap()
      await cycles(CYCLES)
      expect({
        sockets: supports.system && openSockets(),
        resources: activeResources(),
      }).toEqual(before)
      await eventually(
        () => liveHeap() - heap < CYCLES * MOST_BYTES_EACH,
        () => `a heap that has not grown by ${liveHeap() - heap} bytes`,
        2000,
      )
    }, 600_000)
  })
}
