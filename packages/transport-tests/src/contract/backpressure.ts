import type { DatagramTransport, Parcel } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { openOn, readAll, sendAll } from '../rig/open-socket.js'
import { quiet } from '../rig/quiet.js'
import { label } from '../rig/rig.js'
import type { Supports } from '../supports.js'
import { BIG_BUFFER_BYTES, LONG_RUN, numberedParcels, numbersIn, upTo } from './parcels.js'

/** A socket that would block takes fewer parcels and gives a writable notice: TRN-03 and TRN-04. */
export function describeBackpressure(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const open = openOn(transport, family)

  describe(`backpressure: ${label(transport, family)}`, () => {
    it('TRN-03 parcels that were not taken are neither sent nor lost', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER_BYTES })
      const sender = open()
      const run = numberedParcels(LONG_RUN, receiver.address)
      const taken = sender.socket.send(run)
      expect(taken).toBeGreaterThan(0)
      expect(taken).toBeLessThanOrEqual(LONG_RUN)
      if (supports.blocks) expect(taken).toBeLessThan(LONG_RUN)
      const marker = { ...(run[0] as Parcel), data: Buffer.from('last') }
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      await sendAll(sender.socket, [marker])
      const arrived = await readAll(receiver.socket, taken + 1)
      expect(arrived.pop()?.[0].toString()).toBe('last')
      expect(numbersIn(arrived)).toEqual(upTo(taken))
      await sendAll(sender.socket, run.slice(taken))
      const rest = await readAll(receiver.socket, LONG_RUN - taken)
      expect(numbersIn(rest)).toEqual(upTo(LONG_RUN).slice(taken))
      expect(receiver.socket.read(1)).toEqual([])
    })

    it('TRN-03 an empty run takes nothing', () => {
      expect(open().socket.send([])).toBe(0)
    })

    it('TRN-04 would-block is fewer taken, then a writable notice, and no error', async () => {
      const receiver = open()
      const sender = open()
      let blocked = 0
      let taken = 0
      for (let run = 0; run < 64; run++) {
        const count = sender.socket.send(numberedParcels(256, receiver.address))
        taken += count
        if (count === 256) continue
        blocked++
        let inside = true
        const writable = new Promise<boolean>((resolve) =>
          sender.socket.watch('write', () => resolve(inside)),
        )
        inside = false
        expect(await writable).toBe(false)
        const more = sender.socket.send(numberedParcels(1, receiver.address))
        expect(more).toBe(1)
        taken += more
      }
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      if (supports.blocks) expect(blocked).toBeGreaterThan(0)
      expect(sender.failed).toEqual([])
      expect(sender.stats.sent).toBe(taken)
    })

    it('TRN-04 a socket that can send gives its writable notice soon, once, not at once', async () => {
      const { socket } = open()
      let notices = 0
      socket.watch('write', () => notices++)
      expect(notices).toBe(0)
      await eventually(() => notices > 0, 'a notice')
      await quiet()
      expect(notices).toBe(1)
    })
  })
}
