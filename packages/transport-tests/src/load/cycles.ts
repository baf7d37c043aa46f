import type { DatagramTransport } from '@udpng/basic-peer'
import { Scheduler, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { activeResources, eventually, liveHeap, nothingNew, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/** The smallest object that a cycle could leave behind is larger. */
const MAX_BYTES_EACH = 16
const DEFAULT_CYCLES = 20_000

/** How many cycles, and of which peers. */
export interface CyclesOptions {
  /** Cycles of opening and closing a peer (default 20 000, which take about 15 s). */
  readonly count?: number
  /** The peers that take turns (default: all five). */
  readonly kinds?: readonly Kind[]
}

/** Opening and closing leaves nothing behind: no descriptor, timer or heap growth. */
export function describeCycles(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  { count = DEFAULT_CYCLES, kinds = allKinds }: CyclesOptions = {},
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

  async function cycles(times: number): Promise<void> {
    for (let i = 0; i < times; i++) await cycle(kinds[i % kinds.length] as Kind)
    await quiet()
  }

  describe(`open and close: ${label(transport, family)}`, () => {
    it(`BND-07 ${count} open/close cycles leave no descriptor, timer or heap growth`, async () => {
      await cycles(count / 2) // memory for what V8 learns about the code is not a leak
      const before = activeResources()
      const sockets = openSockets()
      const heap = liveHeap()
      await cycles(count)
      if (supports.system) expect(openSockets()).toBe(sockets)
      await nothingNew(before)
      await eventually(
        () => liveHeap() - heap < count * MAX_BYTES_EACH,
        () => `a heap that has not grown by ${liveHeap() - heap} bytes`,
      )
    }, 600_000)
  })
}
