import { existsSync, readFileSync } from 'node:fs'
import { type BasicPeer, type DatagramTransport, exactly } from '@udpng/basic-peer'
import type { Address, Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { droppedOnArrival } from '../behaviour/counters.js'
import { simplePeer, udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, Rig } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/** Size and number of datagrams: together more than a receive buffer of the usual size holds. */
const SIZE = 1024
const BURST = 1000

/** What the system's own counters tell: Linux only, and not for a simulated network. */
export function describeKernelCounters(
  transport: DatagramTransport,
  family: Family,
  { reusePort }: Supports,
): void {
  const table = family === 6 ? '/proc/net/udp6' : '/proc/net/udp'

  describe.skipIf(!existsSync(table))(`kernel counters: ${label(transport, family)}`, () => {
    it('STA-04 drops are counted up to the last one before the close', async () => {
      const rig = new Rig(transport, family)
      const receiver = await rig.begin(udpReceiver)
      burst(rig, receiver.address)
      // No turn of the event loop since: what did not fit is lost.
      const [drops = 0] = dropsOf(table, receiver.address[1])
      expect(drops).toBeGreaterThan(0)
      rig.scheduler.stop()
      expect(receiver.peer.ended).toBe(true)
      expect(receiver.peer.stats.kernelDrops).toEqual(exactly(drops))
    })

    for (const sharing of ['reuseAddr', 'reusePort'] as const)
      it(`STA-04 drops are those of this very socket, also when two share a port (${sharing})`, async ({
        skip,
      }) => {
        skip(sharing === 'reusePort' && !reusePort, 'this transport has no reusePort here')
        const rig = new Rig(transport, family)
        const other = await rig.begin(udpReceiver)
        const one = await rig.begin(simplePeer, undefined, { [sharing]: true })
        const options = { [sharing]: true, localPort: one.address[1] }
        const two = await rig.begin(udpReceiver, undefined, options)
        burst(rig, one.address)
        expect(dropsOf(table, one.address[1]).reduce((a, b) => a + b)).toBeGreaterThan(0)
        const all = ({ stats }: BasicPeer): number => stats.received + droppedOnArrival(stats).about
        await eventually(() => all(one.peer) + all(two.peer) === BURST)
        await quiet()
        expect(all(one.peer) + all(two.peer)).toBe(BURST)
        const drops = [one, two].map(({ peer }) => peer.stats.kernelDrops?.atLeast ?? Number.NaN)
        expect(drops.toSorted()).toEqual(dropsOf(table, one.address[1]).toSorted())
        // The kernel spreads by sender, or favours one: who got nothing, lost nothing.
        for (const { peer } of [one, two])
          if (peer.stats.received === 0) expect(peer.stats.kernelDrops).toEqual(exactly(0))
        expect(other.peer.stats.kernelDrops).toEqual(exactly(0))
      })
  })
}

/** Sends `count` datagrams at once, from several sockets, for one may hold a part of them back. */
function burst(rig: Rig, to: Address): void {
  const payloads = Array.from({ length: 100 }, () => Buffer.alloc(SIZE))
  for (let i = 0; i < BURST / 100; i++) void rig.endpoint().send(to, ...payloads)
}

/** The system's counters of the sockets at a port. */
function dropsOf(table: string, port: number): number[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync(table, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(`:${hex}`))
    .map((fields) => Number(fields.at(-1)))
}
