import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { openOn, readAll, sendAll } from '../rig/open-socket.js'
import { quiet } from '../rig/quiet.js'
import { label } from '../rig/rig.js'
import type { Supports } from '../supports.js'
import { BIG_BUFFER_BYTES, LONG_RUN, numberedParcels, numbersIn, upTo } from './parcels.js'

/** A socket can be closed at any time, and an open that fails leaves nothing open: TRN-05. */
export function describeClose(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const open = openOn(transport, family)

  describe(`close: ${label(transport, family)}`, () => {
    it('TRN-05 closing twice, and using what is closed, is harmless', async () => {
      const receiver = open()
      const { socket } = open()
      socket.close()
      socket.close()
      expect(socket.read(1)).toEqual([])
      expect(socket.send(numberedParcels(3, receiver.address))).toBe(0)
      let notices = 0
      socket.watch('read', () => notices++)
      socket.watch('write', () => notices++)
      await quiet()
      expect(notices).toBe(0)
      expect(receiver.socket.read(1)).toEqual([])
    })

    it('TRN-05 no notice comes after close, also not one that was due', async () => {
      const receiver = open()
      const sender = open()
      let notices = 0
      for (const { socket } of [receiver, sender]) {
        socket.watch('read', () => notices++)
        socket.watch('write', () => notices++)
      }
      sender.socket.send(numberedParcels(10, receiver.address))
      receiver.socket.close()
      sender.socket.close()
      await quiet()
      expect(notices).toBe(0)
    })

    it.each(['read', 'write'] as const)(
      'TRN-05 a socket can be closed inside its %s notice',
      async (readiness) => {
        const receiver = open()
        const other = readiness === 'read' ? 'write' : 'read'
        const told: string[] = []
        await new Promise<void>((resolve) => {
          receiver.socket.watch(other, () => told.push(other))
          receiver.socket.watch(readiness, () => {
            receiver.socket.close()
            told.length = 0
            receiver.socket.watch(other, () => told.push('asked after close'))
            resolve()
          })
          receiver.socket.send(numberedParcels(1, receiver.address))
        })
        await quiet()
        expect(told).toEqual([])
      },
    )

    it('TRN-05 what is taken when it closes is sent, or told as cancelled', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER_BYTES })
      const sender = open()
      const taken = sender.socket.send(numberedParcels(LONG_RUN, receiver.address))
      sender.socket.close()
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      const { sent } = sender.stats
      expect(sent + sender.failed.length).toBe(taken)
      expect(new Set(sender.failed.map(([, code]) => code))).toEqual(
        new Set(sent === taken ? [] : ['ECANCELED']),
      )
      expect(numbersIn(await readAll(receiver.socket, sent))).toEqual(upTo(sent))
    })

    it('TRN-05 datagrams that are unread when it closes are counted', async () => {
      const receiver = open()
      const sender = open()
      await sendAll(sender.socket, numberedParcels(3, receiver.address))
      await readAll(receiver.socket, 1, 1)
      await quiet()
      receiver.socket.close()
      expect(receiver.stats.dropped.unread).toBe(2)
    })

    it('TRN-05 a socket that is not read counts what arrives, and keeps nothing', async () => {
      const deaf = open({ receive: false })
      const sender = open()
      await sendAll(sender.socket, numberedParcels(3, deaf.address))
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      await quiet()
      expect(deaf.socket.read(9)).toEqual([])
      deaf.socket.close()
      expect(deaf.stats.dropped.unread).toBe(3)
    })

    it.skipIf(!supports.system)('TRN-05 no descriptor is open after close', () => {
      const before = openSockets()
      const opened = Array.from({ length: 10 }, () => open())
      expect(openSockets()).toBe(before + 10)
      for (const { socket } of opened) socket.close()
      expect(openSockets()).toBe(before)
    })

    it('TRN-05 an open that fails throws the system error and leaves nothing open', () => {
      const [, port] = open().address
      const before = supports.system && openSockets()
      expect(() => open({ port })).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }))
      expect(() => open({ host: family === 4 ? '198.51.100.1' : '2001:db8::1' })).toThrow(
        expect.objectContaining({ code: 'EADDRNOTAVAIL' }),
      )
      expect(supports.system && openSockets()).toBe(before)
    })
  })
}
