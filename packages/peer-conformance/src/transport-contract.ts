import { type DatagramTransport, exactly, type OpenOptions, type Parcel } from '@udpng/basic-peer'
import { type Datagram, type Family, MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { type Opened, openSocket, readAll, sendAll } from './open-socket.js'
import { quiet } from './quiet.js'
import { label, loopback } from './rig.js'
import type { Supports } from './supports.js'

/** A run that fits into every receive buffer of BIG_BUFFER, and that some transports do not take in one go. */
const LONG_RUN = 300
const BIG_BUFFER = 1024 * 1024

/** Datagrams that hold their number. */
function numbered(count: number, [host, port]: Opened['socket']['address']): Parcel[] {
  return upTo(count).map((i) => {
    const data = Buffer.alloc(4)
    data.writeUInt32BE(i)
    return { data, host, port }
  })
}

function numbersIn(datagrams: readonly Datagram[]): number[] {
  return datagrams.map(([data]) => data.readUInt32BE())
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/**
 * The contract between a transport and BasicPeer, without any peer: what `DatagramTransport` and
 * `DatagramSocket` promise.
 */
export function describeTransportContract(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const host = loopback(family)
  const open = (options: Partial<OpenOptions> = {}): Opened =>
    openSocket(transport, { family, host, ...options })
  const detached = new Uint8Array(4)
  structuredClone(detached, { transfer: [detached.buffer] })
  const tooLarge = { data: Buffer.alloc(MAX_PAYLOAD_BYTES[family] + 1), host, port: 9 }
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

  describe(`the transport contract: ${label(transport, family)}`, () => {
    it('TRN-01 a datagram arrives whole, with its sender', async () => {
      const receiver = open()
      const sender = open()
      expect(sender.address).toEqual([host, expect.any(Number)])
      expect(sender.address[1]).toBeGreaterThan(0)
      const data = Buffer.from('hello')
      expect(sender.socket.send([{ data, host, port: receiver.address[1] }])).toBe(1)
      expect(await readAll(receiver.socket, 1)).toEqual([[data, sender.address]])
    })

    it('TRN-01 counts what the system accepted, and tells when nothing is pending', async () => {
      const receiver = open()
      const sender = open()
      await sendAll(sender.socket, numbered(5, receiver.address))
      await readAll(receiver.socket, 5)
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      expect(sender.stats).toMatchObject({ sent: 5, sentBytes: 20, failed: {} })
      expect(sender.failed).toEqual([])
    })

    it('TRN-01 onSettled follows once parcels were pending', async () => {
      const receiver = open()
      const sender = open()
      sender.socket.send(numbered(5, receiver.address))
      const { pending } = sender.socket
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      if (pending > 0) expect(sender.settled).toBe(1)
      else expect(sender.stats.sent).toBe(5)
    })

    it('TRN-02 a read gives at most the batch asked for, and never waits for more', async () => {
      const receiver = open()
      const sender = open()
      expect(receiver.socket.read(2)).toEqual([])
      await sendAll(sender.socket, numbered(5, receiver.address))
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
      sender.socket.send(numbered(1, receiver.address))
      await eventually(() => notices === 1, 'a notice')
      sender.socket.send(numbered(1, receiver.address))
      await readAll(receiver.socket, 1, 1)
      await quiet()
      expect(notices).toBe(1)
    })

    it('TRN-02 a request for what waits already is answered soon, not at once', async () => {
      const receiver = open()
      const sender = open()
      sender.socket.send(numbered(2, receiver.address))
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
      sender.socket.send([...numbered(1, receiver.address), ...numbered(1, sender.address)])
      await eventually(() => told.length > 0, 'a notice')
      await readAll(sender.socket, 1)
      expect(told).toEqual(['new'])
    })

    it.each(Object.entries(badParcels))(
      'TRN-03 a parcel that is %s costs no other: at any index of a run of 64, all the good ones arrive once, in order',
      async (_, bad) => {
        const receiver = open({ recvBufferSize: BIG_BUFFER })
        const sender = open(family === 6 ? { ipv6Only: true } : {})
        for (const index of upTo(64)) {
          const run = numbered(64, receiver.address)
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

    it('TRN-03 a run of nothing but bad parcels is taken, and each is told', async () => {
      const sender = open()
      const run = upTo(64).map(() => tooLarge)
      await sendAll(sender.socket, run)
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      expect(sender.failed).toEqual(run.map((parcel) => [parcel, 'EMSGSIZE']))
      expect(sender.stats.sent).toBe(0)
    })

    it('TRN-03 a send inside onFailed, on the same socket and on another one, loses and doubles nothing', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER })
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
      const receiver = open({ recvBufferSize: BIG_BUFFER })
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
      // Longer than IPv4 takes; the kernel also tells of that in the queue of errors.
      const six = family === 6 && supports.system !== undefined
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
        await sendAll(sender.socket, numbered(200, receiver.address))
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

    it('TRN-03 parcels that were not taken are neither sent nor lost', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER })
      const sender = open()
      const run = numbered(LONG_RUN, receiver.address)
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
        const count = sender.socket.send(numbered(256, receiver.address))
        taken += count
        if (count === 256) continue
        blocked++
        let inside = true
        const writable = new Promise<boolean>((resolve) =>
          sender.socket.watch('write', () => resolve(inside)),
        )
        inside = false
        expect(await writable).toBe(false)
        const more = sender.socket.send(numbered(1, receiver.address))
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

    it('TRN-05 closing twice, and using what is closed, is harmless', async () => {
      const receiver = open()
      const { socket } = open()
      socket.close()
      socket.close()
      expect(socket.read(1)).toEqual([])
      expect(socket.send(numbered(3, receiver.address))).toBe(0)
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
      sender.socket.send(numbered(10, receiver.address))
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
          receiver.socket.send(numbered(1, receiver.address))
        })
        await quiet()
        expect(told).toEqual([])
      },
    )

    it('TRN-05 what is taken when it closes is sent, or told as cancelled', async () => {
      const receiver = open({ recvBufferSize: BIG_BUFFER })
      const sender = open()
      const taken = sender.socket.send(numbered(LONG_RUN, receiver.address))
      sender.socket.close()
      await eventually(() => sender.socket.pending === 0, 'pending 0')
      const { sent } = sender.stats
      expect(sent + sender.failed.length).toBe(taken)
      expect(new Set(sender.failed.map(([, code]) => code))).toEqual(
        new Set(sent === taken ? [] : ['ECANCELED']),
      )
      expect(numbersIn(await readAll(receiver.socket, sent))).toEqual(upTo(sent))
    })

    it('TRN-05 what waits unread when it closes is counted', async () => {
      const receiver = open()
      const sender = open()
      await sendAll(sender.socket, numbered(3, receiver.address))
      await readAll(receiver.socket, 1, 1)
      await quiet()
      receiver.socket.close()
      expect(receiver.stats.dropped.unread).toBe(2)
    })

    it('TRN-05 a socket nobody reads counts what arrives, and keeps nothing', async () => {
      const deaf = open({ receive: false })
      const sender = open()
      await sendAll(sender.socket, numbered(3, deaf.address))
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
