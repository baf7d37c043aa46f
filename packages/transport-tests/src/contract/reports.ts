import { type DatagramTransport, exactly } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { openOn, sendAll } from '../rig/open-socket.js'
import { quiet } from '../rig/quiet.js'
import { label } from '../rig/rig.js'
import type { Supports } from '../supports.js'
import { numberedParcels, tooLargeParcel } from './parcels.js'

/** Reports of the network and of the kernel are counted, and are not errors of reading: ICM-04, ICM-06 and STA-08. */
export function describeReports(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const open = openOn(transport, family)
  const tooLarge = tooLargeParcel(family)

  describe(`reports: ${label(transport, family)}`, () => {
    it('ICM-04 what the network reports undeliverable is counted, with its destination, never as an error of reading', async () => {
      const closed = open()
      const dead = closed.address
      closed.socket.close()
      const sender = open()
      const parcel = { data: Buffer.alloc(1), host: dead[0], port: dead[1] }
      await sendAll(sender.socket, [parcel])
      if (sender.stats.refused === undefined) {
        await quiet()
        expect(sender.refused).toEqual([])
        return
      }
      for (let i = 1; i <= 10; i++) {
        await eventually(() => sender.stats.refused === i && sender.refused.length === i, `${i}`)
        expect(sender.socket.read(1)).toEqual([])
        await sendAll(sender.socket, [parcel])
      }
      expect(new Set(sender.refused.map((refused) => `${refused}`))).toEqual(
        new Set([`${dead},ECONNREFUSED`]),
      )
      expect(sender.stats).toMatchObject({ sent: 11, receiveErrors: 0 })
      expect(sender.failed).toEqual([])
    })

    it('ICM-06 what the system itself refuses is neither a refusal of the network nor an error of reading', async () => {
      // Longer than IPv4 takes; the kernel also reports that in the error queue.
      const six = family === 6 && supports.system
      const sender = open(six ? { host: '::' } : {})
      const bad = six
        ? { ...tooLarge, data: Buffer.alloc(65_510), host: '::ffff:127.0.0.1' }
        : tooLarge
      await sendAll(sender.socket, [bad])
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      await quiet()
      expect(sender.socket.read(1)).toEqual([])
      expect(sender.failed).toEqual([[bad, 'EMSGSIZE']])
      expect([sender.stats.refused ?? 0, sender.stats.receiveErrors, sender.refused]).toEqual([
        0,
        0,
        [],
      ])
    })

    it('STA-08 with exactDrops, what the kernel dropped is counted exactly, on every transport', async ({
      skip,
    }) => {
      const receiver = open({ recvBufferSize: 4096, exactDrops: true })
      const sender = open()
      skip(receiver.socket.kernelDrops === undefined, 'this system does not report drops')
      let received = 0
      for (let round = 0; round < 20; round++) {
        await sendAll(sender.socket, numberedParcels(200, receiver.address))
        received += receiver.socket.read(64).length
      }
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      for (let calm = 0; calm < 10; ) {
        const { length } = receiver.socket.read(256)
        received += length
        calm = length > 0 ? 0 : calm + 1
        await quiet(1)
      }
      const { dropped } = receiver.stats
      const lost = sender.stats.sent - received - dropped.readBufferFull
      expect(lost).toBeGreaterThan(0)
      expect(receiver.socket.kernelDrops).toEqual(exactly(lost))
    })
  })
}
