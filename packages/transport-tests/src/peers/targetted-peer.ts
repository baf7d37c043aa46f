import type { DatagramTransport } from '@udpng/basic-peer'
import { link, producerFinished } from '@udpng/core'
import type { Address, Family } from '@udpng/datagram'
import { TargettedPeer } from '@udpng/peers'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../rig/endpoint.js'
import { HandLookup } from '../rig/hand-lookup.js'
import { hostile } from '../rig/hostile.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig, Subject } from '../rig/rig.js'
import { Source } from '../rig/source.js'
import { expectWithin } from '../rig/within.js'

/** What TargettedPeer does with what it gets, targets included. */
export function describeTargettedPeer(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const otherFamily = loopback(family === 6 ? 4 : 6)

  describe(`TargettedPeer: ${label(transport, family)}`, () => {
    /** A running one. */
    async function begin(rig: Rig, to?: Address, more = {}): Promise<Subject<TargettedPeer>> {
      const receiver = to ? { receiverAddr: to[0], receiverPort: to[1] } : {}
      return rig.start(new Subject(new TargettedPeer({ ...rig.local, ...receiver, ...more })))
    }
    const say = ({ peer }: Subject<TargettedPeer>, ...texts: string[]): void => {
      for (const text of texts) peer.inbox.deliver(text)
    }

    it('TGT-01 it is a SimplePeer until a target replaces the receiver, any number of times', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 3 }, () => rig.endpoint()) as [Endpoint, Endpoint, Endpoint]
      const subject = await begin(rig, ends[0].address)
      say(subject, 'first')
      await ends[0].received(1)
      const expected: string[][] = [['first'], [], []]
      for (let i = 0; i < 30; i++) {
        const at = (i * 2 + 1) % 3
        const end = ends[at] as Endpoint
        subject.peer.target.deliver(end.address)
        say(subject, `a${i}`, `b${i}`)
        expected[at]?.push(`a${i}`, `b${i}`)
        if (i % 3 === 0) await quiet(2)
      }
      for (const [i, end] of ends.entries()) {
        await end.received(expected[i]?.length ?? 0)
        expect(end.texts).toEqual(expected[i])
      }
      await ends[1].send(subject.address, 'reply')
      expect(await subject.received(1)).toEqual([[Buffer.from('reply'), ends[1].address]])
    })

    it('TGT-02 target, five messages, target, five messages, all before one step: five and five', async () => {
      const rig = new Rig(transport, family)
      const [one, two] = [rig.endpoint(), rig.endpoint()]
      const subject = new Subject(new TargettedPeer(rig.local))
      subject.peer.target.deliver(one.address)
      say(subject, ...numbered(5, 'one '))
      subject.peer.target.deliver(two.address)
      say(subject, ...numbered(5, 'two '))
      await rig.start(subject)
      await one.received(5)
      await two.received(5)
      expect(one.texts).toEqual(numbered(5, 'one '))
      expect(two.texts).toEqual(numbered(5, 'two '))
    })

    it('TGT-02 of several targets in a row the last one counts, and only for what comes after', async () => {
      const rig = new Rig(transport, family)
      const [one, two, three] = [rig.endpoint(), rig.endpoint(), rig.endpoint()]
      const subject = await begin(rig, one.address)
      say(subject, 'before')
      subject.peer.target.deliver(two.address)
      subject.peer.target.deliver(three.address)
      say(subject, 'after')
      await three.received(1)
      await one.received(1)
      expect([one.texts, two.texts, three.texts]).toEqual([['before'], [], ['after']])
    })

    it('TGT-02 a target never applies to data put in before it, waiting in the send buffer or not', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 4 }, () => rig.endpoint({ recvBufferSize: 1 << 20 }))
      const names = new HandLookup()
      const subject = await begin(rig, ['slow.test', ends[0]?.address[1] as number], {
        lookup: names.lookup,
      })
      const expected = ends.map((): string[] => [])
      let seed = 7
      const random = (n: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
        return (seed >>> 8) % n
      }
      for (let at = 0, n = 0; n < 2000; at = random(4)) {
        if (n > 0) {
          const [literal, port] = (ends[at] as Endpoint).address
          // The first one is reached by name.
          subject.peer.target.deliver([at === 0 ? 'slow.test' : literal, port])
        }
        for (let i = random(40); i >= 0; i--, n++) {
          say(subject, `${n}`)
          expected[at]?.push(`${n}`)
        }
        if (random(4) === 0) await quiet(1)
        if (n > 1000) names.answer('slow.test', host)
      }
      for (const [i, end] of ends.entries()) {
        await end.received(expected[i]?.length ?? 0)
        expectWithin(end.kernelDrops, end.missing(expected[i] ?? []))
      }
    })

    it('TGT-03 a malformed target is reported, and the old one stays', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const subject = await begin(rig, endpoint.address)
      const [, port] = endpoint.address
      const bad: unknown[] = [
        null,
        undefined,
        'localhost:9',
        {},
        [],
        [host],
        [host, port, 'data'],
        [host, 0],
        [host, 65_536],
        [host, -1],
        [host, 1.5],
        [host, `${port}`],
        [host, Number.NaN],
        [null, port],
        [7, port],
        ['', port],
        ['256.1.1.1', port],
        [`${host} `, port],
        [`[${host}]`, port],
        [otherFamily, port],
        { 0: host, 1: port, length: 2 },
        endless(),
        ...hostile(),
      ]
      for (const [i, target] of bad.entries()) {
        subject.peer.target.deliver(target as Address)
        say(subject, `${i}`)
      }
      await endpoint.received(bad.length)
      expect(endpoint.texts).toEqual(numbered(bad.length))
      const reports = await subject.reported(bad.length)
      expect(reports.map(({ code }) => code)).toEqual(bad.map(() => 'BAD_ADDRESS'))
      expect(subject.peer.stats.failed).toEqual({ BAD_ADDRESS: bad.length })
    })

    it('TGT-04 data that comes before any target waits, and slows its producer by backpressure, until the first', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
      const subject = await begin(rig)
      const source = new Source(2000, String)
      link(source.outbox, subject.peer.inbox)
      rig.activate(source)
      await eventually(() => source.outbox.full)
      await quiet()
      expect(source.sent).toBe(1024)
      expect(subject.peer.inbox.taken).toBe(0)
      // A malformed one is none.
      subject.peer.target.deliver([host, 0])
      await subject.reported(1)
      expect(subject.peer.inbox.taken).toBe(0)
      subject.peer.target.deliver(endpoint.address)
      await endpoint.received(2000)
      expect(source.ended).toBe(true)
      expect(subject.peer.stats).toMatchObject({ sent: 2000, failed: { BAD_ADDRESS: 1 } })
    })

    it('SHD-05 data without any target does not hang the drain', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const subject = await begin(rig, undefined, { onProducerFinished: 'drain' })
      say(subject, ...numbered(20))
      subject.peer.control.deliver(producerFinished())
      await quiet()
      await clock.advance(4999)
      expect(subject.peer.ended).toBe(false)
      await clock.advance(1)
      expect(await subject.ended()).toEqual([producerFinished()])
      expect(subject.peer.stats.dropped.unsent).toBe(20)
    })
  })
}

/** No target, and not to be read to its end to find that out. */
function* endless(): Generator<number, void, void> {
  for (;;) yield 0
}
