import type { DatagramTransport, Parcel } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { openOn, readAll, sendAll } from '../rig/open-socket.js'
import { label, loopback } from '../rig/rig.js'
import { BIG_BUFFER_BYTES, numberedParcels, numbersIn, tooLargeParcel, upTo } from './parcels.js'

/** A parcel that cannot be sent fails alone: TRN-03. */
export function describeFailedParcels(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const open = openOn(transport, family)
  const tooLarge = tooLargeParcel(family)
  const detached = new Uint8Array(4)
  structuredClone(detached, { transfer: [detached.buffer] })
  const badParcels: Record<string, Parcel> = {
    'too large': tooLarge,
    'larger than any buffer': { data: Buffer.alloc(2 << 20), host, port: 9 },
    'without its memory': { data: detached, host, port: 9 },
    // A broadcast by a socket that may not; IPv4 on a socket that leaves it out.
    'refused by the system': {
      data: Buffer.from('bad'),
      host: family === 4 ? '127.255.255.255' : '::ffff:127.0.0.1',
      port: 9,
    },
  }

  describe(`failed parcels: ${label(transport, family)}`, () => {
    it.each(Object.entries(badParcels))(
      'TRN-03 a parcel that is %s affects no other: at any index of a run of 64, all good ones arrive once, in order',
      async (_, bad) => {
        const receiver = open({ recvBufferSize: BIG_BUFFER_BYTES })
        const sender = open(family === 6 ? { ipv6Only: true } : {})
        for (const index of upTo(64)) {
          const run = numberedParcels(64, receiver.address)
          run[index] = bad
          await sendAll(sender.socket, run)
          const arrived = numbersIn(await readAll(receiver.socket, 63))
          await eventually(() => sender.socket.pending === 0, 'pending 0')
          expect(arrived).toEqual(upTo(64).filter((i) => i !== index))
          expect(sender.failed.splice(0)).toEqual([[bad, expect.stringMatching(/^E[A-Z]+$/)]])
          expect(receiver.socket.read(1)).toEqual([])
        }
        expect(sender.stats.sent).toBe(64 * 63)
      },
    )

    it('TRN-03 a run of nothing but bad parcels is taken, and each is reported', async () => {
      const sender = open()
      const run = upTo(64).map(() => tooLarge)
      await sendAll(sender.socket, run)
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      expect(sender.failed).toEqual(run.map((parcel) => [parcel, 'EMSGSIZE']))
      expect(sender.stats.sent).toBe(0)
    })

    it('TRN-03 a send inside onFailed, on the same socket and on another one, loses and doubles nothing', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER_BYTES })
      const [, port] = receiver.address
      const parcel = (text: string): Parcel => ({ data: Buffer.from(text), host, port })
      const other = open()
      let nested = 0
      const failed: string[] = []
      // One that the system refuses, and comes before all others, and one that it never sees.
      const bad = [badParcels['refused by the system'] as Parcel, tooLarge]
      const own = open({
        ipv6Only: family === 6,
        onFailed: ({ data }) => {
          failed.push(`${data.length}`)
          // Others in number and in length than those that are under way.
          other.socket.send([1, 2, 3, 4, 5].map((n) => parcel(`other ${'x'.repeat(n)}`)))
          nested += own.socket.send([parcel('nested')])
        },
      })
      const run = upTo(30).map((i) => (i % 3 === 0 ? (bad[i % 2] as Parcel) : parcel(`own ${i}`)))
      await sendAll(own.socket, run)
      await eventually(() => own.socket.pending + other.socket.pending === 0, 'pending 0')
      expect(failed.toSorted()).toEqual(
        upTo(10)
          .map((i) => `${bad[i < 5 ? 1 : 0]?.data.length}`)
          .toSorted(),
      )
      expect(own.stats.sent).toBe(20 + nested)
      const bytes = run
        .filter((_, i) => i % 3 !== 0)
        .reduce((sum, { data }) => sum + data.length, 0)
      expect(own.stats.sentBytes).toBe(bytes + nested * 'nested'.length)
      expect(other.stats.sent).toBe(50)
      const texts = (await readAll(receiver.socket, 70 + nested)).map(([data]) => String(data))
      const those = (word: string): string[] => texts.filter((text) => text.startsWith(word))
      expect(those('own')).toEqual(
        upTo(30)
          .filter((i) => i % 3 !== 0)
          .map((i) => `own ${i}`),
      )
      expect(those('other').length).toBe(50)
      expect(those('nested').length).toBe(nested)
      expect(receiver.socket.read(1)).toEqual([])
    })

    it('TRN-03 a parcel has the bytes that it has, whatever its own properties say', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER_BYTES })
      const sender = open()
      const lying = (text: string, length: unknown): Parcel => {
        const data = Uint8Array.from(Buffer.from(text))
        Object.defineProperty(data, 'length', { get: () => length })
        Object.defineProperty(data, 'byteLength', { get: () => length })
        return { data, host, port: receiver.address[1] }
      }
      // What is before them would be sent again, if as many bytes as they say were taken.
      const before = {
        ...lying('secret'.repeat(100), 600),
        data: Buffer.from('secret'.repeat(100)),
      }
      const run = [
        before,
        lying('short', 1000),
        lying('longer', 2),
        lying('none', 0),
        lying('?', 'x'),
      ]
      await sendAll(sender.socket, run)
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      const texts = (await readAll(receiver.socket, 5)).map(([data]) => String(data))
      expect(texts.slice(1)).toEqual(['short', 'longer', 'none', '?'])
      expect(sender.stats).toMatchObject({ sent: 5, sentBytes: 600 + 5 + 6 + 4 + 1 })
      expect(sender.failed).toEqual([])
    })
  })
}
