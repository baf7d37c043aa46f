import type { BasicPeer } from '@udpng/basic-peer'
import {
  type Control,
  Inbox,
  link,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Address, Datagram } from '@udpng/datagram'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import {
  type Fate,
  HandLookup,
  kinds,
  numbered,
  postboxPeer,
  quiet,
  Rig,
  receivers,
  ScriptedTransport,
  Source,
  senders,
  simplePeer,
  systemError,
  udpReceiver,
  udpSender,
} from '@udpng/transport-tests/tools'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'

const TO: Address = ['127.0.0.1', 1500]
const FROM: Address = ['127.0.0.1', 1501]

const texts = (parcels: readonly { readonly data: Uint8Array }[]): string[] =>
  parcels.map(({ data }) => String(data))

const datagrams = (count: number): Datagram[] =>
  numbered(count).map((text) => [Buffer.from(text), FROM])

/** A rig whose only socket is played by the test. */
function script(clock?: ManualClock) {
  const net = new ScriptedTransport()
  const rig = new Rig(net, 4, clock ? { clock } : {})
  return { net, rig }
}

/** Counts the steps of a peer that is not started yet. */
function countSteps(peer: BasicPeer): () => number {
  let steps = 0
  const main = peer.main.bind(peer)
  peer.main = function* () {
    const thread = main()
    try {
      for (;;) {
        steps++
        if (thread.next().done) return
        yield
      }
    } finally {
      thread.return()
    }
  }
  return () => steps
}

describe('names', () => {
  it('DNS-01 a name that is being looked up is not forgotten, however many other hosts are sent to', async () => {
    const { net, rig } = script()
    const names = new HandLookup()
    const subject = await rig.begin(postboxPeer, undefined, { lookup: names.lookup })
    const send = (host: string): void => void subject.inbox.deliver([host, 1500, host])
    send('slow.test')
    for (let i = 0; i < 3000; i++) send(`127.1.${i >> 8}.${i & 255}`)
    await eventually(() => net.socket.sent.length === 3000)
    send('slow.test')
    for (let i = 0; i < 3000; i++) send(`127.2.${i >> 8}.${i & 255}`)
    await eventually(() => net.socket.sent.length === 6000)
    names.answer('slow.test', '127.0.0.9')
    // Others come between the answer and its use.
    for (let i = 0; i < 3000; i++) send(`127.3.${i >> 8}.${i & 255}`)
    await eventually(() => net.socket.sent.length === 9002)
    expect(names.asked).toEqual(['slow.test'])
    expect(net.socket.sent.filter(({ host }) => host === '127.0.0.9').length).toBe(2)
  })
})

describe('what cannot be sent', () => {
  it.each([
    ['UDPSender without a receiver', udpSender, 'NO_RECEIVER', 'x'],
    ['PostboxPeer with invalid letters', postboxPeer, 'BAD_MESSAGE', 'x'],
    ['SimplePeer with invalid data', simplePeer, 'BAD_MESSAGE', 7],
  ] as const)(
    'SCH-06 %s refuses at most 1024 messages in one step',
    async (_, kind, code, data) => {
      const { rig } = script(new ManualClock())
      const subject = rig.make(kind, kind === simplePeer ? TO : undefined)
      for (let i = 0; i < 5000; i++) subject.inbox.deliver(data)
      rig.scheduler.activate(subject.peer)
      const failed: number[] = []
      while (subject.inbox.ready) {
        rig.scheduler.step()
        failed.push(subject.peer.stats.failed[code] ?? 0)
      }
      expect(failed).toEqual([1024, 2048, 3072, 4096, 5000])
    },
  )
})

describe('would block', () => {
  for (const kind of senders) {
    it(`PER-09 when the socket would block, ${kind.name} sleeps; the datagram stays at the head, and goes first`, async () => {
      const { net, rig } = script()
      net.prepare = (socket) => {
        socket.credit = 3
      }
      const subject = rig.make(kind, TO)
      const steps = countSteps(subject.peer)
      await rig.start(subject)
      subject.put(...numbered(10))
      await eventually(() => net.socket.credit === 0)
      await quiet()
      const [before, calls] = [steps(), net.socket.sends]
      await quiet()
      expect(texts(net.socket.taken)).toEqual(['0', '1', '2'])
      expect([steps(), net.socket.sends]).toEqual([before, calls])
      expect(rig.state(subject.peer)).toBe('paused')
      subject.put('late')
      await quiet()
      expect(net.socket.sends).toBe(calls)
      net.socket.allow(1)
      await eventually(() => net.socket.taken.length === 4)
      await quiet()
      expect(texts(net.socket.taken)).toEqual(['0', '1', '2', '3'])
      net.socket.allow(Infinity)
      await eventually(() => net.socket.taken.length === 11)
      expect(texts(net.socket.sent)).toEqual([...numbered(10), 'late'])
      expect(subject.peer.stats).toMatchObject({ sent: 11, failed: {} })
      expect(subject.reports.length).toBe(0)
    })

    it(`PER-09 one at a time: whatever the socket takes, ${kind.name} sends each once, in order`, async () => {
      const { net, rig } = script()
      net.prepare = (socket) => {
        socket.credit = 0
      }
      const subject = await rig.begin(kind, TO)
      subject.put(...numbered(1000))
      for (let sent = 0; sent < 1000; ) {
        const more = 1 + (sent % 7)
        sent = Math.min(1000, sent + more)
        net.socket.allow(more)
        await eventually(() => net.socket.taken.length === sent)
      }
      expect(texts(net.socket.sent)).toEqual(numbered(1000))
    })

    it(`FLO-04 while it cannot send, ${kind.name} takes a bounded number, and applies backpressure`, async () => {
      const { net, rig } = script()
      net.prepare = (socket) => {
        socket.credit = 0
      }
      const subject = await rig.begin(kind, TO)
      const source = new Source(5000, (n) => kind.message(`${n}`, TO))
      link(source.outbox, subject.inbox)
      rig.activate(source)
      await eventually(() => source.outbox.full)
      await quiet()
      const { taken } = rig.box(subject.peer, 'inbox')
      expect(taken).toBeGreaterThan(0)
      expect(taken).toBeLessThanOrEqual(256)
      expect(source.sent).toBe(taken + 1024)
      expect(subject.accounted).toBe(0)
      // Once there is room, the producer is woken, and goes on just so far.
      net.socket.allow(500)
      await eventually(() => source.sent > taken + 1024)
      await quiet()
      expect(net.socket.sent.length).toBe(500)
      expect(source.sent).toBeLessThanOrEqual(500 + 256 + 1024)
      net.socket.allow(Infinity)
      await eventually(() => net.socket.sent.length === 5000)
      expect(texts(net.socket.sent)).toEqual(numbered(5000))
    })

    it(`SHD-05 with a socket that never becomes writable, ${kind.name} drains until drainTimeoutMs, without spinning`, async () => {
      for (const drainTimeoutMs of [5000, 70]) {
        const clock = new ManualClock()
        const { net, rig } = script(clock)
        net.prepare = (socket) => {
          socket.credit = 3
        }
        const options = drainTimeoutMs === 5000 ? {} : { drainTimeoutMs }
        const subject = rig.make(kind, TO, { onProducerFinished: 'drain', ...options })
        const steps = countSteps(subject.peer)
        await rig.start(subject)
        subject.put(...numbered(1000))
        subject.peer.control.deliver(producerFinished())
        await quiet()
        const before = steps()
        await clock.advance(drainTimeoutMs - 1)
        await quiet()
        expect(subject.peer.ended).toBe(false)
        expect(steps() - before).toBeLessThan(5)
        await clock.advance(1)
        expect(await subject.ended()).toEqual([producerFinished()])
        expect(subject.peer.stats).toMatchObject({ sent: 3, dropped: { unsent: 997 } })
        expect(net.socket.closed).toBe(true)
        expect(clock.pending).toBe(0)
      }
    })

    it(`SHD-05 outcomes that never come bound the drain of ${kind.name} alike`, async () => {
      const clock = new ManualClock()
      const { net, rig } = script(clock)
      net.prepare = (socket) => {
        socket.fate = () => 'pending'
      }
      const subject = await rig.begin(kind, TO, { onProducerFinished: 'drain' })
      subject.put(...numbered(20))
      subject.peer.control.deliver(producerFinished())
      await quiet()
      net.socket.settle(5)
      await clock.advance(4999)
      expect(subject.peer.ended).toBe(false)
      await clock.advance(1)
      expect(await subject.ended()).toEqual([producerFinished()])
      expect(subject.peer.stats).toMatchObject({ sent: 5, dropped: { unsent: 15 } })
    })
  }

  for (const kind of receivers)
    it(`SHD-04 what arrives together with producerFinished, ${kind.name} emits before it ends`, async () => {
      const net = new ScriptedTransport('by hand')
      const rig = new Rig(net, 4)
      const subject = await rig.begin(kind, TO, { onProducerFinished: 'drain' })
      await quiet()
      // It gets no notice that there is something to read: there is no time for that.
      net.socket.arrive(...datagrams(600))
      subject.peer.control.deliver(producerFinished())
      expect(await subject.ended()).toEqual([producerFinished()])
      expect((await subject.texts(600)).length).toBe(600)
      expect(subject.peer.stats).toMatchObject({ received: 600, dropped: { unread: 0 } })
    })

  it('SND-03 UDPSender sleeps through its drain while the socket is not writable', async () => {
    const clock = new ManualClock()
    const { net, rig } = script(clock)
    net.prepare = (socket) => {
      socket.credit = 0
    }
    const subject = rig.make(udpSender, TO)
    const steps = countSteps(subject.peer)
    await rig.start(subject)
    subject.put(...numbered(10))
    subject.peer.control.deliver(producerFinished())
    await quiet()
    const [before, calls] = [steps(), net.socket.sends]
    await quiet()
    expect([steps(), net.socket.sends]).toEqual([before, calls])
    expect(rig.state(subject.peer)).toBe('paused')
    net.socket.allow(4)
    await eventually(() => net.socket.taken.length === 4)
    await quiet()
    expect(subject.peer.ended).toBe(false)
    net.socket.allow(Infinity)
    expect(await subject.ended()).toEqual([producerFinished()])
    expect(texts(net.socket.sent)).toEqual(numbered(10))
    expect(clock.now()).toBe(0)
  })

  it('SND-02 first all is sent, then the socket is closed, then producerFinished leaves on signal', async () => {
    const net = new ScriptedTransport()
    net.prepare = (socket) => {
      socket.fate = () => 'pending'
    }
    const story: string[] = []
    class Ear extends Inbox<Control> {
      override deliver(word: Control): boolean {
        story.push(`${word.kind}, ${net.socket.sent.length} sent, closed: ${net.socket.closed}`)
        return super.deliver(word)
      }
    }
    const sender = new UDPSender({ transport: net, receiverPort: 1500 })
    link(sender.signal, new Ear('What it says'))
    for (const text of numbered(10)) sender.inbox.deliver(text)
    sender.control.deliver(producerFinished())
    const run = sender.run()
    await quiet()
    expect(story).toEqual([])
    net.socket.settle(9)
    await quiet()
    expect(story).toEqual([])
    net.socket.settle()
    await run
    expect(story).toEqual(['producerFinished, 10 sent, closed: true'])
    expect(net.socket.closed).toBe(true)
  })

  it('SHD-02 what the system had taken when the shutdown came is counted by its outcome', async () => {
    const { net, rig } = script()
    net.prepare = (socket) => {
      socket.fate = () => 'pending'
      socket.credit = 8
    }
    const subject = await rig.begin(simplePeer, TO)
    subject.put(...numbered(10))
    await eventually(() => net.socket.pending === 8)
    net.socket.settle(3)
    net.socket.settle(1, systemError('ENETUNREACH'))
    const word = shutdownMicroprocess()
    subject.peer.control.deliver(word)
    expect((await subject.ended())[0]).toBe(word)
    // 4 were canceled by the close, 2 had not been taken.
    expect(subject.peer.stats).toMatchObject({
      sent: 3,
      failed: { ENETUNREACH: 1 },
      dropped: { unsent: 6 },
    })
  })
})

describe('errors of the system', () => {
  const codes = [
    'EACCES',
    'EPERM',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'ENETDOWN',
    'ENOBUFS',
    'EMSGSIZE',
    'EINVAL',
    'ECONNREFUSED',
  ]
  for (const kind of senders)
    it(`PER-10 any send error is reported by ${kind.name} with address and cause; then sending works again by itself`, async () => {
      for (const code of codes)
        for (const when of ['at once', 'later'] as const) {
          const { net, rig } = script()
          const error = systemError(code)
          let down = true
          net.prepare = (socket) => {
            socket.fate = (): Fate => (when === 'later' ? 'pending' : down ? error : 'sent')
          }
          const subject = await rig.begin(kind, TO)
          const outcome = async (): Promise<void> => {
            if (when === 'at once') return
            await eventually(() => net.socket.pending === 2)
            net.socket.settle(2, down ? error : 'sent')
          }
          subject.put('lost', 'lost')
          await outcome()
          const reports = await subject.reported(2)
          for (const report of reports) {
            expect(report).toMatchObject({
              code: code === 'EMSGSIZE' ? 'TOO_LARGE' : 'SEND_FAILED',
              component: subject.peer.name,
              address: TO[0],
              port: TO[1],
              syscall: 'send',
            })
            expect(report.cause).toBe(error)
            expect(report.message).toContain('127.0.0.1:1500')
          }
          expect(subject.peer.stats).toMatchObject({ sent: 0, failed: { [code]: 2 } })
          down = false
          subject.put('sent', 'sent')
          await outcome()
          await eventually(() => subject.peer.stats.sent === 2)
          expect(subject.reports.length).toBe(0)
        }
    })

  it('PER-10 one bad datagram at any place of a run costs no other', async () => {
    for (let bad = 0; bad < 20; bad++) {
      const { net, rig } = script()
      const error = systemError('EHOSTUNREACH')
      net.prepare = (socket) => {
        socket.fate = (_, n) => (n === bad ? error : 'sent')
      }
      const subject = await rig.begin(simplePeer, TO)
      subject.put(...numbered(20))
      await eventually(() => subject.accounted === 20)
      expect(texts(net.socket.sent)).toEqual(numbered(20).filter((_, i) => i !== bad))
      expect((await subject.reported(1))[0]?.cause).toBe(error)
    }
  })

  for (const when of ['at once', 'later'] as const)
    it(`SND-05 a system that refuses every datagram (${when}) does not hang the drain`, async () => {
      const clock = new ManualClock()
      const { net, rig } = script(clock)
      const error = systemError('ENETUNREACH')
      net.prepare = (socket) => {
        socket.fate = () => (when === 'later' ? 'pending' : error)
      }
      const subject = await rig.begin(udpSender, TO)
      subject.put(...numbered(1000))
      subject.peer.control.deliver(producerFinished())
      while (!subject.peer.ended) {
        await quiet(1)
        net.socket.settle(50, error)
      }
      expect(await subject.ended()).toEqual([producerFinished()])
      expect(subject.peer.stats).toMatchObject({ sent: 0, failed: { ENETUNREACH: 1000 } })
      expect(subject.reports.length).toBe(1000)
      expect(clock.now()).toBe(0)
    })

  for (const kind of receivers)
    it(`PER-11 ${kind.name} counts a receive error and goes on reading`, async () => {
      const { net, rig } = script()
      const subject = await rig.begin(kind)
      for (const [i, code] of ['ECONNREFUSED', 'ENOBUFS', 'ENOMEM', 'EINTR'].entries()) {
        net.socket.failRead(systemError(code, 'recvmsg'))
        net.socket.arrive(...datagrams(3))
        expect(await subject.texts(3)).toEqual(numbered(3))
        expect(subject.peer.stats.receiveErrors).toBe(i + 1)
        net.socket.arrive(...datagrams(2))
        expect(await subject.texts(2)).toEqual(numbered(2))
      }
      expect(subject.peer.ended).toBe(false)
      expect(subject.peer.stats).toMatchObject({ received: 20, receiveErrors: 4 })
    })
})

describe('reading', () => {
  for (const kind of receivers)
    it(`PER-02 what is queued is delivered by ${kind.name} on one notice`, async () => {
      const { net, rig } = script()
      const subject = await rig.begin(kind)
      await quiet()
      net.socket.arrive(...datagrams(1000))
      expect(await subject.texts(1000)).toEqual(numbered(1000))
      expect(rig.box(subject.peer, 'readReady').delivered).toBe(1)
    })

  it('FLO-01 with 10 000 datagrams waiting, each step reads at most 256', () => {
    const net = new ScriptedTransport('by hand')
    net.prepare = (socket) => socket.arrive(...datagrams(10_000))
    const scheduler = new Scheduler()
    const receiver = scheduler.activate(new UDPReceiver({ transport: net }))
    const got = new Inbox<Datagram>('All', { capacity: Infinity })
    link(receiver.outbox, got)
    let steps = 0
    for (; got.length < 10_000 && steps < 1000; steps++) {
      const before = got.length
      scheduler.step()
      expect(got.length - before).toBeLessThanOrEqual(256)
    }
    expect(got.length).toBe(10_000)
    expect(steps).toBe(Math.ceil(10_000 / 256))
    scheduler.stop()
  })

  it('FLO-02 while the box behind it is full, no read is made', async () => {
    const { net, rig } = script()
    const subject = await rig.begin(udpReceiver, undefined, { capacity: 5 })
    await quiet()
    net.socket.arrive(...datagrams(100))
    await eventually(() => subject.got.full)
    await quiet()
    const { reads } = net.socket
    net.socket.arrive(...datagrams(100))
    await quiet()
    expect(net.socket.reads).toBe(reads)
    expect(subject.got.length).toBe(5)
  })
})

describe('payloads, names and counters', () => {
  for (const kind of senders)
    it(`PER-13 ${kind.name} hands bytes to the transport as they are, not copied`, async () => {
      const { net, rig } = script()
      const subject = await rig.begin(kind, TO)
      const bytes = [
        new Uint8Array([1, 2, 3]),
        Buffer.from('buffer'),
        new Uint8Array(8).subarray(2),
      ]
      subject.put(...bytes)
      await eventually(() => net.socket.sent.length === 3)
      for (const [i, { data }] of net.socket.sent.entries()) expect(data).toBe(bytes[i])
    })

  for (const kind of receivers)
    it(`PER-13 ${kind.name} hands on the very datagrams the transport gave`, async () => {
      const { net, rig } = script()
      const subject = await rig.begin(kind)
      const all = datagrams(10)
      net.socket.arrive(...all)
      for (const [i, datagram] of (await subject.received(10)).entries())
        expect(datagram).toBe(all[i])
    })

  for (const kind of senders)
    it(`DNS-05 after the TTL, ${kind.name} sends to the address that a changed answer gives`, async () => {
      const clock = new ManualClock()
      const { net, rig } = script(clock)
      const names = new HandLookup()
      const subject = await rig.begin(kind, ['moves.test', 9], { lookup: names.lookup })
      for (const [i, host] of ['127.0.0.1', '127.0.0.2', '127.0.0.3'].entries()) {
        subject.put('a', 'b')
        await eventually(() => names.asked.length === i + 1)
        names.answer('moves.test', host)
        await eventually(() => net.socket.sent.length === 2 * (i + 1))
        expect(net.socket.sent.slice(-2).map((parcel) => parcel.host)).toEqual([host, host])
        await clock.advance(30_000)
      }
    })

  it('STA-02 what is taken and not yet sent is in the send buffer', async () => {
    for (const kind of senders) {
      const { net, rig } = script()
      net.prepare = (socket) => {
        socket.credit = 4
        socket.fate = () => 'pending'
      }
      const subject = await rig.begin(kind, TO)
      subject.put(...numbered(10), 'x'.repeat(1e5))
      await eventually(() => net.socket.pending === 4)
      expect(rig.box(subject.peer, 'inbox').taken).toBe(11)
      expect(subject.accounted).toBe(1)
      net.socket.settle(2)
      expect(subject.accounted).toBe(3)
      subject.peer.control.deliver(shutdownMicroprocess())
      await subject.ended()
      expect(subject.accounted).toBe(11)
    }
  })

  it('STA-04 where the system does not report its drops, they are undefined, not 0', async () => {
    for (const kind of kinds) {
      const { net, rig } = script()
      const subject = await rig.begin(kind, TO)
      expect(subject.peer.stats.kernelDrops).toBe(undefined)
      net.socket.kernelDrops = { atLeast: 5, atMost: 50, about: 20 }
      expect(subject.peer.stats.kernelDrops).toEqual({ atLeast: 5, atMost: 50, about: 20 })
      net.socket.kernelDrops = undefined
      subject.peer.control.deliver(shutdownMicroprocess())
      await subject.ended()
      expect(subject.peer.stats.kernelDrops).toBe(undefined)
    }
  })
})
