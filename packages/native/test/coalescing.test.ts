import { exactly, type Parcel } from '@udpng/basic-peer'
import type { Datagram } from '@udpng/datagram'
import {
  expectWithin,
  numbered,
  openSocket,
  quiet,
  Rig,
  udpReceiver,
  udpSender,
} from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { available } from './available.js'

const transport = available()

describe.skipIf(!transport?.coalescing)('datagrams that the kernel puts together', () => {
  it('NAT-11 are cut where they were put together, for every size and count, and the sources are not mixed up', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const senders = [
      await rig.begin(udpSender, receiver.address),
      await rig.begin(udpSender, receiver.address),
    ]
    const ports = senders.map(({ address }) => address[1])
    // A flow: from now on the kernel puts them together.
    for (const sender of senders) sender.put(...numbered(2000))
    await receiver.received(4000)
    for (const size of [0, 1, 2, 63, 64, 65, 500, 1200, 1472, 1473, 9000, 32_000, 65_507])
      for (const count of [1, 2, 3, 63, 64, 65, 130]) {
        if (size * count > 1_500_000) continue
        const sent = senders.map((sender, from) => {
          const payloads = Array.from({ length: count }, (_, i) =>
            Buffer.alloc(size, 1 + i * 2 + from),
          )
          // The last one may be shorter.
          payloads.push(Buffer.alloc(Math.floor(size / 2), 255))
          sender.put(...payloads)
          return payloads
        })
        const got = await receiver.received(2 * (count + 1))
        for (const [i, port] of ports.entries()) {
          const own = got.filter(([, [, from]]) => from === port).map(([data]) => data)
          expect(own.length, `${count} of ${size} bytes`).toBe(count + 1)
          expect(Buffer.concat(own).equals(Buffer.concat(sent[i] ?? []))).toBe(true)
          expect(own.map(({ length }) => length)).toEqual(sent[i]?.map(({ length }) => length))
        }
      }
  })

  it('NAT-11 those that were queued before the read are cut, too, whatever was before', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver, undefined, {
      recvBufferSize: 4 << 20,
      capacity: 300,
    })
    const sender = await rig.begin(udpSender, receiver.address)
    let got = 0
    for (let round = 0; round < 60; round++) {
      sender.put(...numbered(100 + (round % 7) * 100, 'datagram '))
      await quiet(round % 5)
      for (let i = 0; i < (round % 3) * 400; i++) {
        const datagram = receiver.got.recv()
        if (datagram) got++
        if (datagram) expect(String(datagram[0])).toMatch(/^datagram \d{1,3}$/)
      }
    }
    await eventually(() => {
      for (const [data] of receiver.got) {
        got++
        expect(String(data)).toMatch(/^datagram \d{1,3}$/)
      }
      return got === sender.peer.stats.sent && sender.inbox.length === 0
    })
  })

  it('NAT-10 nothing is cut off: the longest datagrams, many of them, arrive whole', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    for (let round = 0; round < 20; round++) {
      sender.put(...Array.from({ length: 10 }, (_, i) => Buffer.alloc(65_507, i)))
      const got = await receiver.received(10)
      expect(got.every(([data], i) => data.equals(Buffer.alloc(65_507, i)))).toBe(true)
    }
    expect(receiver.peer.stats.receiveErrors).toBe(0)
  })

  it('NAT-09 each message carries its own segment size: a single datagram is not cut', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    for (let round = 0; round < 10; round++) {
      const payloads = [...numbered(100, 'short '), 'x'.repeat(3000), ...numbered(3, 'short ')]
      sender.put(...payloads)
      expect(await receiver.texts(payloads.length)).toEqual(payloads)
    }
  })

  it('NAT-11 MEM-01 large ones in a dense flow, kept to the end, are what was sent, each in memory of its own', async () => {
    const rig = new Rig(transport as never, 4)
    const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 4 << 20 })
    const sender = await rig.begin(udpSender, receiver.address)
    const kept: Datagram[] = []
    const filled = (n: number): Buffer => Buffer.alloc(1200, n)
    for (let round = 0; round < 20; round++) {
      sender.put(...Array.from({ length: 500 }, (_, i) => filled(round * 500 + i)))
      kept.push(...(await receiver.received(500)))
    }
    expect(kept.findIndex(([data], n) => !data.equals(filled(n)))).toBe(-1)
    expect(kept.findIndex(([{ buffer }]) => buffer.byteLength !== 1200)).toBe(-1)
    expect(new Set(kept.map(([{ buffer }]) => buffer)).size).toBe(kept.length)
  })

  it('MEM-05 what comes with those that were asked for is handed out next, and counted as unread on closing', async () => {
    const receiver = openSocket(transport as never, { recvBufferSize: 4 << 20 })
    const sender = openSocket(transport as never)
    const other = openSocket(transport as never)
    const [host, port] = receiver.address
    const flow = numbered(300).map((text): Parcel => ({ data: Buffer.from(text), host, port }))
    sender.socket.send(flow)
    // Enough datagrams are queued for the kernel to coalesce from now on.
    expect(receiver.socket.read(300)).toHaveLength(300)
    sender.socket.send(flow.slice(100, 228))
    const first = receiver.socket.read(1)
    // The memory that it was read into is used again, by another socket.
    const [, there] = other.address
    sender.socket.send([{ data: Buffer.alloc(60_000, 1), host, port: there }])
    expect(other.socket.read(1)).toHaveLength(1)
    const next = receiver.socket.read(27)
    expect([...first, ...next].map(([data]) => `${data}`)).toEqual(numbered(128).slice(100))
    receiver.socket.close()
    expect(receiver.stats.dropped.unread).toBe(100)
  })
})

describe.skipIf(!transport)('what a socket counts', () => {
  it('NAT-15 drops show at once, with no datagram after them, and are counted once', async () => {
    const receiver = openSocket(transport as never, { recvBufferSize: 4096 }).socket
    const sender = openSocket(transport as never).socket
    const [host, port] = receiver.address
    const run = Array.from(
      { length: 100 },
      (): Parcel => ({ data: Buffer.alloc(1000), host, port }),
    )
    sender.send(run)
    const drops = receiver.kernelDrops?.atLeast as number
    expect(drops).toBeGreaterThan(50)
    expect(receiver.kernelDrops).toEqual(exactly(drops))
    const got: Datagram[] = []
    for (let reads = 0; reads < 10; reads++) got.push(...receiver.read(256))
    expect(got.length + drops).toBe(100)
    receiver.close()
    expect(receiver.kernelDrops).toEqual(exactly(drops))
  })

  it.each([
    [64, 64],
    [200, 64],
    [1200, 54],
  ])(
    'STA-07 flooded with messages of %i-byte datagrams, at most %i each: the true loss is within the bounds, and within a tenth of what they are about',
    async (size) => {
      for (const exactDrops of [false, true]) {
        const receiver = openSocket(transport as never, { exactDrops, recvBufferSize: 1 << 20 })
        const sender = openSocket(transport as never)
        const [host, port] = receiver.address
        const data = Buffer.alloc(size, 7)
        const run = Array.from({ length: 256 }, (): Parcel => ({ data, host, port }))
        let received = 0
        for (let round = 0; round < 600; round++) {
          sender.socket.send(run)
          if (round % 4 === 0) received += receiver.socket.read(256).length
        }
        await eventually(() => sender.socket.pending === 0)
        for (let calm = 0; calm < 5; ) {
          const { length } = receiver.socket.read(256)
          received += length
          calm = length > 0 ? 0 : calm + 1
          await quiet(1)
        }
        const lost = sender.stats.sent - received
        const { kernelDrops } = receiver.socket
        expect(sender.stats.sent).toBe(600 * 256)
        expect(lost).toBeGreaterThan(50_000)
        if (exactDrops) expect(kernelDrops).toEqual(exactly(lost))
        else {
          expectWithin(kernelDrops, lost)
          // Otherwise nothing was coalesced, and this would show nothing.
          expect(kernelDrops?.atLeast).toBeLessThan(lost / 4)
          expect(Math.abs((kernelDrops?.about ?? 0) - lost)).toBeLessThan(lost / 10)
        }
        receiver.socket.close()
        expect(receiver.socket.kernelDrops).toEqual(kernelDrops)
      }
    },
    180_000,
  )

  it('NAT-12 errors of datagrams that were not received are taken off their queue, and stop no data', async () => {
    const rig = new Rig(transport as never, 4)
    const dead = rig.deadAddress()
    const receiver = await rig.begin(udpReceiver)
    const peer = await rig.begin(udpSender, dead)
    for (let i = 0; i < 100; i++) {
      peer.put(...numbered(100))
      await quiet(1)
    }
    await eventually(() => peer.peer.stats.sent === 10_000)
    await eventually(() => (peer.peer.stats.refused ?? 0) > 0)
    const back = await rig.begin(udpSender, receiver.address)
    back.put('still here')
    expect(await receiver.texts(1)).toEqual(['still here'])
    expect(peer.peer.stats).toMatchObject({ failed: {}, receiveErrors: 0 })
  })

  it('ICM-03 an error that a read reports is counted once, although it is in the error queue as well', async () => {
    const rig = new Rig(transport as never, 4)
    const [host, port] = rig.deadAddress()
    const { socket, stats } = openSocket(transport as never)
    for (let i = 1; i <= 10; i++) {
      socket.send([{ data: Buffer.alloc(1), host, port }])
      expect(socket.read(1)).toEqual([]) // on loopback the error is there by now
      await quiet(5)
      expect(stats).toMatchObject({ refused: i, receiveErrors: 0 })
    }
  })
})
