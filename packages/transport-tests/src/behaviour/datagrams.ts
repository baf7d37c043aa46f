import type { DatagramTransport } from '@udpng/basic-peer'
import { Inbox, type UdpngError } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { hostile } from '../rig/hostile.js'
import { kinds as allKinds, type Kind, simplePeer, udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'

/** Datagrams arrive as they were sent: whole, once, in order, with their sender. */
export function describeDatagrams(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const receivers = kinds.filter((kind) => kind.receives)
  /** Bytes that one datagram can have. */
  const limit = family === 6 ? 65_527 : 65_507

  describe(`datagrams: ${label(transport, family)}`, () => {
    for (const kind of receivers)
      it(`PER-01 ${kind.name} emits each datagram as [data, [host, port]], with its sender`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind)
        const [one, two] = [rig.endpoint(), rig.endpoint()]
        await one.send(subject.address, 'from one')
        expect(await subject.received(1)).toEqual([[Buffer.from('from one'), one.address]])
        await two.send(subject.address, Buffer.from([0, 255, 10]))
        const [datagram] = await subject.received(1)
        expect(datagram).toEqual([Buffer.from([0, 255, 10]), two.address])
        expect(Buffer.isBuffer(datagram?.[0])).toBe(true)
      })

    for (const kind of receivers)
      it(`PER-02 ${kind.name} emits one message for each datagram, in order, without a notice each`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, undefined, { capacity: 1 })
        await rig.endpoint().send(subject.address, ...numbered(100))
        const texts: string[] = []
        for (let i = 0; i < 100; i++) texts.push(...(await subject.texts(1)))
        expect(texts).toEqual(numbered(100))
        await quiet()
        expect(subject.got.length).toBe(0)
        expect(rig.box(subject.peer, 'readReady').delivered).toBeLessThan(20)
      })

    it('PER-03 datagrams of every size arrive whole, byte for byte', async () => {
      const rig = new Rig(transport, family)
      const receiver = await rig.begin(udpReceiver, undefined, { recvBufferSize: 1 << 18 })
      const sender = await rig.begin(simplePeer, receiver.address)
      const common = [0, 1, 511, 512, 1023, 1024, 1025, 1200, 1472, 1473, 8192, 9000, 65506, 65507]
      for (const size of [...common, limit]) {
        const data = Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + size) % 251))
        sender.put(data)
        const [[got] = []] = await receiver.received(1)
        expect(got?.length).toBe(size)
        expect(got?.equals(data)).toBe(true)
      }
      expect(receiver.peer.stats.receivedBytes).toBe([...common, limit].reduce((a, b) => a + b))
      expect(sender.peer.stats.sentBytes).toBe(receiver.peer.stats.receivedBytes)
    })

    for (const kind of senders)
      it(`PER-04 ${kind.name} sends an empty message as an empty datagram, which arrives as one`, async () => {
        const rig = new Rig(transport, family)
        const receiver = await rig.begin(udpReceiver)
        const sender = await rig.begin(kind, receiver.address)
        sender.put('a', '', 'b', new Uint8Array(0), 'c')
        const got = await receiver.received(5)
        expect(got.map(([data]) => String(data))).toEqual(['a', '', 'b', '', 'c'])
        for (const [, from] of got) expect(from).toEqual([rig.host, sender.address[1]])
      })

    for (const kind of senders)
      it(`PER-05 ${kind.name} reports what is longer than a datagram, and sends the next`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const sender = await rig.begin(kind, endpoint.address)
        // The last one is too long as UTF-8 only.
        sender.put(Buffer.alloc(limit + 1), 'x'.repeat(1e6), 'é'.repeat(limit / 2 + 1), 'next')
        const reports = await sender.reported(3)
        expect(reports.map(({ code }) => code)).toEqual(['TOO_LARGE', 'TOO_LARGE', 'TOO_LARGE'])
        expect(reports[0]).toMatchObject({
          component: sender.peer.name,
          address: endpoint.address[0],
          port: endpoint.address[1],
        })
        expect(reports[1]?.message).toContain(`1000000 bytes are more than ${limit}`)
        await endpoint.received(1)
        expect(endpoint.texts).toEqual(['next'])
        expect(sender.peer.stats.failed).toEqual({ TOO_LARGE: 3 })
      })

    for (const kind of senders)
      it(`PER-06 ${kind.name} sends text as UTF-8, and a view as exactly its own bytes`, async () => {
        const rig = new Rig(transport, family)
        const receiver = await rig.begin(udpReceiver)
        const sender = await rig.begin(kind, receiver.address)
        const bytes = new Uint8Array([1, 2, 3, 4, 5, 6])
        sender.put('grüß 🙂', 'a\ud800b', bytes.subarray(2, 4), Buffer.from(bytes.buffer, 1, 3))
        sender.put(new Uint8Array(bytes.buffer, 5))
        expect((await receiver.received(5)).map(([data]) => data.toString('hex'))).toEqual([
          '6772c3bcc39f20f09f9982',
          '61efbfbd62',
          '0304',
          '020304',
          '06',
        ])
      })

    for (const kind of senders)
      it(`PER-06 ${kind.name} reports what is neither text nor bytes`, async () => {
        const rig = new Rig(transport, family)
        const receiver = await rig.begin(udpReceiver)
        const sender = await rig.begin(kind, receiver.address)
        const bytes = new Uint8Array([1, 2, 3, 4])
        const bad = [
          7,
          null,
          undefined,
          true,
          {},
          { length: 3 },
          ['a'],
          Symbol('s'),
          Promise.resolve('a'),
          new DataView(bytes.buffer),
          bytes.buffer,
          new Uint16Array(bytes.buffer),
          new Date(0),
          () => 'a',
          10n,
          ...hostile(),
        ]
        sender.put('first', ...bad, 'last')
        expect(await receiver.texts(2)).toEqual(['first', 'last'])
        const reports = await sender.reported(bad.length)
        expect(new Set(reports.map(({ code }) => code))).toEqual(new Set(['BAD_MESSAGE']))
        expect(sender.peer.stats).toMatchObject({ sent: 2, failed: { BAD_MESSAGE: bad.length } })
        await quiet()
        expect(receiver.got.length).toBe(0)
      })

    it('PER-07 a datagram is sent whole or not at all', { timeout: 180_000 }, async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
      // A send buffer that holds less than one of the longer ones.
      const sender = await rig.begin(simplePeer, endpoint.address, { sendBufferSize: 4096 })
      const sizes = [60_000, 10, 9000, 1, 30_000, 0, 65_000, 2]
      for (let i = 0; i < 200; i++) {
        sender.put(Buffer.alloc(sizes[i % sizes.length] as number, i))
        await quiet(2)
      }
      await eventually(() => sender.accounted === 200)
      await endpoint.received(sender.peer.stats.sent)
      for (const [data] of endpoint.got)
        expect(
          sizes.some((size, i) => size === data.length && isOneOf(data, i, sizes.length)),
        ).toBe(true)
    })

    for (const kind of senders)
      it(`PER-12 what was put in ${kind.name} before the start is sent once bound, in order`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const sender = rig.make(kind, endpoint.address)
        sender.put(...numbered(600))
        await quiet()
        expect(endpoint.got.length).toBe(0)
        expect(rig.transport.living).toBe(1)
        await rig.start(sender)
        await endpoint.received(600)
        expectWithin(endpoint.kernelDrops, endpoint.missing(numbered(600)))
      })

    for (const kind of senders)
      it(`PER-14 reports of ${kind.name} never delay data: in a full box they are counted`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const reports = new Inbox<UdpngError>('Not read', { capacity: 1, whenFull: 'throw' })
        const sender = await rig.begin(kind, endpoint.address, { reports })
        sender.put(...numbered(10).flatMap((text, i) => [i, text]))
        await endpoint.received(10)
        expect(endpoint.texts).toEqual(numbered(10))
        expect(reports.length).toBe(1)
        expect(sender.peer.stats).toMatchObject({
          lostReports: 9,
          failed: { BAD_MESSAGE: 10 },
          sent: 10,
        })
        expect(sender.peer.ended).toBe(false)
      })
  })
}

/** Whether a datagram is one of those that were filled with their number, which is `first` modulo `step`. */
function isOneOf(data: Buffer, first: number, step: number): boolean {
  const [number] = data
  return (
    number === undefined ||
    (number % step === first && data.equals(Buffer.alloc(data.length, number)))
  )
}
