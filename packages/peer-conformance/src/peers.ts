import type { DatagramTransport } from '@udpng/basic-peer'
import { link, producerFinished, shutdownMicroprocess } from '@udpng/core'
import type { Address, Family } from '@udpng/datagram'
import { PostboxPeer, TargettedPeer } from '@udpng/peers'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from './endpoint.js'
import { HandLookup } from './hand-lookup.js'
import { hostile } from './hostile.js'
import { postboxPeer, simplePeer, udpReceiver, udpSender } from './kinds.js'
import { quiet } from './quiet.js'
import { label, loopback, numbered, Rig, Subject } from './rig.js'
import { Source } from './source.js'
import { expectWithin } from './within.js'

/** What each of the five peers does with what it gets. */
export function describePeers(transport: DatagramTransport, family: Family): void {
  describeUDPReceiver(transport, family)
  describeUDPSender(transport, family)
  describeSimplePeer(transport, family)
  describeTargettedPeer(transport, family)
  describePostboxPeer(transport, family)
}

function describeUDPReceiver(transport: DatagramTransport, family: Family): void {
  describe(`UDPReceiver: ${label(transport, family)}`, () => {
    it('RCV-01 it emits what arrives, and never sends a datagram', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const receiver = await rig.begin(udpReceiver)
      const socket = rig.transport.sockets.at(-1)
      await endpoint.send(receiver.address, ...numbered(50))
      expect(await receiver.texts(50)).toEqual(numbered(50))
      receiver.peer.control.deliver(producerFinished())
      await quiet()
      receiver.peer.control.deliver(shutdownMicroprocess())
      await receiver.ended()
      await quiet()
      expect(socket).toMatchObject({ sends: 0, closed: true })
      expect(endpoint.got.length).toBe(0)
    })
  })
}

/** What UDPSender does with what it gets. */
export function describeUDPSender(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)

  describe(`UDPSender: ${label(transport, family)}`, () => {
    it('SND-01 it sends each message as one datagram, from a port that the system picks', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [one, two] = [
        await rig.begin(udpSender, endpoint.address),
        await rig.begin(udpSender, endpoint.address),
      ]
      expect(one.address[1]).toBeGreaterThan(0)
      expect(one.address[1]).not.toBe(two.address[1])
      one.put('one', 'more')
      await endpoint.received(2)
      two.put('two')
      await endpoint.received(3)
      expect(endpoint.got.map(([data, from]) => [String(data), from])).toEqual([
        ['one', [host, one.address[1]]],
        ['more', [host, one.address[1]]],
        ['two', [host, two.address[1]]],
      ])
    })

    it('SND-02 on producerFinished it sends all that waits, says producerFinished, then closes', async () => {
      const rig = new Rig(transport, family)
      const receiver = rig.endpoint({ recvBufferSize: 1 << 20 })
      const sender = await rig.begin(udpSender, receiver.address)
      sender.put(...numbered(10_000))
      const word = producerFinished()
      sender.peer.control.deliver(word)
      await eventually(() => sender.said.ready)
      expect(sender.peer.stats).toMatchObject({ sent: 10_000, failed: {}, dropped: { unsent: 0 } })
      const said = await sender.ended()
      expect(said).toEqual([producerFinished()])
      expect(said[0]).not.toBe(word)
      expect(rig.transport.living).toBe(1)
      await receiver.received(10_000)
      expectWithin(receiver.kernelDrops, receiver.missing(numbered(10_000)))
    })

    it('SND-03 what arrives during the drain is sent, too', async () => {
      const rig = new Rig(transport, family)
      const names = new HandLookup()
      const endpoint = rig.endpoint()
      const to = ['slow.test', endpoint.address[1]] as const
      const sender = await rig.begin(udpSender, to, { lookup: names.lookup })
      sender.put(...numbered(100))
      sender.peer.control.deliver(producerFinished())
      await quiet()
      sender.put('one', 'more')
      await quiet()
      expect(sender.peer.ended).toBe(false)
      names.answer('slow.test', host)
      expect(await sender.ended()).toEqual([producerFinished()])
      await endpoint.received(102)
      expect(endpoint.texts).toEqual([...numbered(100), 'one', 'more'])
    })

    it('SND-03 with nothing queued it ends at once', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const sender = await rig.begin(udpSender, [host, 9])
      sender.peer.control.deliver(producerFinished())
      expect(await sender.ended()).toEqual([producerFinished()])
      expect([clock.now(), clock.pending]).toEqual([0, 0])
    })

    it('SND-04 shutdownMicroprocess during the drain ends it, the rest is counted exactly', async () => {
      for (const turns of [0, 1, 2, 5]) {
        const rig = new Rig(transport, family)
        const sender = await rig.begin(udpSender, rig.endpoint().address)
        // More than the fastest transport sends in so few turns.
        for (let i = 0; i < 200_000; i++) sender.put(`${i}`)
        sender.peer.control.deliver(producerFinished())
        await quiet(turns)
        const word = shutdownMicroprocess()
        sender.peer.control.deliver(word)
        const said = await sender.ended()
        expect(said.length).toBe(1)
        expect(said[0]).toBe(word)
        const { sent, dropped } = sender.peer.stats
        expect(sent + dropped.unsent).toBe(200_000)
        if (turns < 2) expect(dropped.unsent).toBeGreaterThan(0)
      }
    })

    it('SND-05 a destination that refuses every datagram does not hang the drain', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const sender = await rig.begin(udpSender, rig.deadAddress())
      sender.put(...numbered(1000))
      sender.peer.control.deliver(producerFinished())
      expect(await sender.ended()).toEqual([producerFinished()])
      expect(sender.accounted).toBe(1000)
      expect(sender.peer.stats.dropped.unsent).toBe(0)
      expect(clock.now()).toBe(0)
    })
  })
}

function describeSimplePeer(transport: DatagramTransport, family: Family): void {
  describe(`SimplePeer: ${label(transport, family)}`, () => {
    it('SIM-01 it sends to its receiver and emits what comes back, on one socket', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const peer = await rig.begin(simplePeer, endpoint.address)
      for (const text of numbered(20)) {
        peer.put(`question ${text}`)
        await endpoint.received(Number(text) + 1)
        const [data, from] = endpoint.got.at(-1) ?? [Buffer.alloc(0), endpoint.address]
        expect([String(data), from]).toEqual([`question ${text}`, peer.address])
        await endpoint.send(from, `answer ${text}`)
        expect(await peer.received(1)).toEqual([[Buffer.from(`answer ${text}`), endpoint.address]])
      }
      expect(rig.transport.sockets.length).toBe(2)
    })

    it('SIM-02 it receives from anybody, not only from its receiver', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const peer = await rig.begin(simplePeer, endpoint.address)
      peer.put('to the receiver')
      await endpoint.received(1)
      const strangers = Array.from({ length: 5 }, () => rig.endpoint())
      for (const stranger of strangers) {
        await stranger.send(peer.address, 'hello')
        expect(await peer.received(1)).toEqual([[Buffer.from('hello'), stranger.address]])
      }
      peer.put('to the receiver')
      await endpoint.received(2)
    })

    // The second is the original's own default; on IPv6 it is an address of the other family.
    for (const to of family === 6 ? [undefined] : [undefined, ['0.0.0.0', 0] as const])
      for (const kind of [simplePeer, udpSender])
        it(`SIM-03 without a receiver (${to ?? 'none given'}), ${kind.name} reports inbox data, one by one`, async () => {
          const rig = new Rig(transport, family)
          const peer = await rig.begin(kind, to)
          peer.put(...numbered(5))
          const reports = await peer.reported(5)
          expect(reports.map(({ code }) => code)).toEqual(new Array(5).fill('NO_RECEIVER'))
          expect(reports[0]?.message).toContain('receiverPort')
          expect(peer.peer.stats).toMatchObject({ sent: 0, failed: { NO_RECEIVER: 5 } })
          if (!kind.receives) return
          await rig.endpoint().send(peer.address, 'all the same')
          expect(await peer.texts(1)).toEqual(['all the same'])
        })
  })
}

function describeTargettedPeer(transport: DatagramTransport, family: Family): void {
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

    it('TGT-04 data that comes before any target waits, and holds up its producer, until the first', async () => {
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

function describePostboxPeer(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const otherFamily = loopback(family === 6 ? 4 : 6)

  describe(`PostboxPeer: ${label(transport, family)}`, () => {
    it('PBX-01 it sends each letter as one datagram to its own address', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 3 }, () => rig.endpoint())
      const { inbox } = await rig.begin(postboxPeer)
      for (const text of numbered(60))
        inbox.deliver([...(ends[Number(text) % 3] as Endpoint).address, text])
      for (const [i, end] of ends.entries()) {
        await end.received(20)
        expect(end.texts).toEqual(numbered(60).filter((text) => Number(text) % 3 === i))
      }
    })

    it('PBX-02 it emits what it receives as all do, and a letter can answer it', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 3 }, () => rig.endpoint())
      const peer = await rig.begin(postboxPeer)
      for (const end of ends) {
        await end.send(peer.address, 'question')
        const [[data, from] = []] = await peer.received(1)
        expect([String(data), from]).toEqual(['question', end.address])
        peer.inbox.deliver([...(from as Address), data])
        await end.received(1)
        expect(end.got).toEqual([[Buffer.from('question'), peer.address]])
      }
    })

    it('PBX-03 a malformed letter is reported, and the next is sent', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [, port] = endpoint.address
      const peer = await rig.begin(postboxPeer)
      const bad: readonly (readonly [letter: unknown, code: string])[] = [
        [null, 'BAD_MESSAGE'],
        [undefined, 'BAD_MESSAGE'],
        ['hello', 'BAD_MESSAGE'],
        [{ host, port, data: 'x' }, 'BAD_MESSAGE'],
        [{ 0: host, 1: port, 2: 'x', length: 3 }, 'BAD_MESSAGE'],
        [[], 'BAD_MESSAGE'],
        [[host, port], 'BAD_MESSAGE'],
        [[host, port, 'x', 'y'], 'BAD_MESSAGE'],
        [[Buffer.from('x'), [host, port]], 'BAD_MESSAGE'],
        [[host, port, 7], 'BAD_MESSAGE'],
        [[host, port, undefined], 'BAD_MESSAGE'],
        [[host, 0, 'x'], 'BAD_ADDRESS'],
        [[host, 65_536, 'x'], 'BAD_ADDRESS'],
        [[host, `${port}`, 'x'], 'BAD_ADDRESS'],
        [[host, undefined, 'x'], 'BAD_ADDRESS'],
        [[7, port, 'x'], 'BAD_ADDRESS'],
        [[Symbol('host'), port, 'x'], 'BAD_ADDRESS'],
        [['', port, 'x'], 'BAD_ADDRESS'],
        [['256.1.1.1', port, 'x'], 'BAD_ADDRESS'],
        [['not a host', port, 'x'], 'BAD_ADDRESS'],
        [[otherFamily, port, 'x'], 'BAD_ADDRESS'],
        [[host, port, Buffer.alloc(70_000)], 'TOO_LARGE'],
        ...hostile().map((letter) => [letter, 'BAD_MESSAGE'] as const),
        ...hostile().map((data) => [[host, port, data], 'BAD_MESSAGE'] as const),
        ...hostile().map((wrong) => [[wrong, port, 'x'], 'BAD_ADDRESS'] as const),
      ]
      for (const [i, [letter]] of bad.entries()) {
        peer.inbox.deliver(letter)
        peer.inbox.deliver([host, port, `${i}`])
      }
      await endpoint.received(bad.length)
      expect(endpoint.texts).toEqual(numbered(bad.length))
      const reports = await peer.reported(bad.length)
      expect(reports.map(({ code }) => code)).toEqual(bad.map(([, code]) => code))
      expect(peer.peer.stats.sent).toBe(bad.length)
    })

    const failing: Readonly<Record<string, (rig: Rig) => Address>> = {
      'is dead': (rig) => rig.deadAddress(),
      'has no address': () => ['nowhere.test', 1500],
      'has a name that hangs': () => ['hanging.test', 1500],
      'is malformed': () => ['256.1.1.1', 1500],
    }
    for (const [how, bad] of Object.entries(failing))
      it(`PBX-04 one destination of ten ${how}: the other nine get all theirs, in order`, async () => {
        const rig = new Rig(transport, family)
        const ends = Array.from({ length: 9 }, () => rig.endpoint())
        const peer = new PostboxPeer({
          ...rig.local,
          lookup: (name, _, answer) => {
            if (name === 'nowhere.test') setImmediate(() => answer(new Error('not found')))
          },
        })
        await rig.start(new Subject(peer))
        for (const text of numbered(40)) {
          for (const { address } of ends.slice(0, 5)) peer.inbox.deliver([...address, text])
          peer.inbox.deliver([...bad(rig), 'lost'])
          for (const { address } of ends.slice(5)) peer.inbox.deliver([...address, text])
        }
        for (const end of ends) {
          await end.received(40)
          expect(end.texts).toEqual(numbered(40))
        }
      })
  })
}

/** No target, and not to be read to its end to find that out. */
function* endless(): Generator<number, void, void> {
  for (;;) yield 0
}
