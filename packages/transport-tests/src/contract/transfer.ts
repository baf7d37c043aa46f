import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { openOn, readAll, sendAll } from '../rig/open-socket.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback } from '../rig/rig.js'
import { numberedParcels, numbersIn, upTo } from './parcels.js'

/** Datagrams arrive whole, reads do not block, and readable notices come as asked for: TRN-01 and TRN-02. */
export function describeTransfer(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const open = openOn(transport, family)

  describe(`transfer: ${label(transport, family)}`, () => {
    it('TRN-01 a datagram arrives whole, with its sender', async () => {
      const receiver = open()
      const sender = open()
      expect(sender.address).toEqual([host, expect.any(Number)])
      expect(sender.address[1]).toBeGreaterThan(0)
      const data = Buffer.from('hello')
      expect(sender.socket.send([{ data, host, port: receiver.address[1] }])).toBe(1)
      expect(await readAll(receiver.socket, 1)).toEqual([[data, sender.address]])
    })

    it('TRN-01 counts what the system accepted, and reports when nothing is pending', async () => {
      const receiver = open()
      const sender = open()
      await sendAll(sender.socket, numberedParcels(5, receiver.address))
      await readAll(receiver.socket, 5)
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      expect(sender.stats).toMatchObject({ sent: 5, sentBytes: 20, failed: {} })
      expect(sender.failed).toEqual([])
    })

    it('TRN-01 onSettled follows once parcels were pending', async () => {
      const receiver = open()
      const sender = open()
      sender.socket.send(numberedParcels(5, receiver.address))
      const { pending } = sender.socket
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      if (pending > 0) expect(sender.settled).toBe(1)
      else expect(sender.stats.sent).toBe(5)
    })

    it('TRN-02 a read returns at most the requested batch, and never waits for more', async () => {
      const receiver = open()
      const sender = open()
      expect(receiver.socket.read(2)).toEqual([])
      await sendAll(sender.socket, numberedParcels(5, receiver.address))
      const first = await readAll(receiver.socket, 1, 1)
      expect(first).toHaveLength(1)
      await quiet()
      const batches = [2, 2, 2].map((max) => receiver.socket.read(max))
      expect(batches.map((batch) => batch.length)).toEqual([2, 2, 0])
      expect(numbersIn([...first, ...batches.flat()])).toEqual(upTo(5))
    })

    it('TRN-02 after an empty read, a readable notice follows the next arrival, once', async () => {
      const receiver = open()
      const sender = open()
      expect(receiver.socket.read(1)).toEqual([])
      let notices = 0
      receiver.socket.watch('read', () => notices++)
      await quiet()
      expect(notices).toBe(0)
      sender.socket.send(numberedParcels(1, receiver.address))
      await eventually(() => notices === 1, 'a notice')
      sender.socket.send(numberedParcels(1, receiver.address))
      await readAll(receiver.socket, 1, 1)
      await quiet()
      expect(notices).toBe(1)
    })

    it('TRN-02 a request for datagrams that have arrived is answered soon, not at once', async () => {
      const receiver = open()
      const sender = open()
      sender.socket.send(numberedParcels(2, receiver.address))
      await readAll(receiver.socket, 1, 1)
      await quiet()
      let inside = true
      const answered = new Promise<boolean>((resolve) =>
        receiver.socket.watch('read', () => resolve(inside)),
      )
      inside = false
      expect(await answered).toBe(false)
      expect(receiver.socket.read(9)).toHaveLength(1)
    })

    it('TRN-02 a request that is replaced or taken back is not answered', async () => {
      const receiver = open()
      const sender = open()
      const told: string[] = []
      receiver.socket.watch('read', () => told.push('replaced'))
      receiver.socket.watch('read', () => told.push('new'))
      sender.socket.watch('read', () => told.push('taken back'))
      sender.socket.watch('read', undefined)
      sender.socket.send([
        ...numberedParcels(1, receiver.address),
        ...numberedParcels(1, sender.address),
      ])
      await eventually(() => told.length > 0, 'a notice')
      await readAll(sender.socket, 1)
      expect(told).toEqual(['new'])
    })
  })
}
