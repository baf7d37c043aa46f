import type { BasicPeer, DatagramTransport } from '@udpng/basic-peer'
import { Component, Inbox, link, type Main, type Outbox } from '@udpng/core'
import type { Datagram, Family } from '@udpng/datagram'
import { eventually, ManualClock, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind, simplePeer } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'

/** Datagrams that a peer may read in one step. */
const BATCH = 256

/** A peer reads no more than there is room for, and takes no more than it can send. */
export function describeFlow(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const receivers = kinds.filter((kind) => kind.receives)

  describe(`flow control: ${label(transport, family)}`, () => {
    it('FLO-01 whatever waits, a step reads a bounded batch, and the others have their steps', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const options = { ...rig.local, recvBufferSize: 1 << 20 }
      const peer = rig.activate(simplePeer.create(options, undefined))
      const outbox = outboxOf(peer)
      using full = link(outbox, new Inbox<Datagram>('One', { capacity: 1 }))
      const [host, port] = await peer.bound
      for (let i = 0; i < 12; i++) {
        await endpoint.send([host, port], ...numbered(25))
        await quiet(2)
      }
      const rest = new Inbox<Datagram>('The rest', { capacity: Infinity })
      const watcher = rig.activate(new Watcher(rest))
      await quiet()
      expect(rest.length).toBe(0)
      full.unlink()
      link(outbox, rest)
      await eventually(() => rest.length === 299)
      expect(watcher.most).toBeGreaterThan(0)
      expect(watcher.most).toBeLessThanOrEqual(BATCH)
    })

    for (const kind of receivers)
      it(`FLO-02 while the inbox behind it is full, ${kind.name} takes no more from the transport`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, undefined, { capacity: 10 })
        const socket = rig.transport.sockets.at(-1)
        await rig.endpoint().send(subject.address, ...numbered(100))
        await quiet()
        expect(subject.got.length).toBe(10)
        expect(socket?.given).toBe(10)
        expect(subject.peer.stats.received).toBe(10)
        for (let taken = 1; taken <= 5; taken++) {
          subject.got.recv()
          await quiet(5)
          expect(socket?.given).toBe(10 + taken)
        }
      })

    for (const kind of receivers.filter(({ sends }) => sends))
      it(`FLO-02 while the inbox behind it is full, ${kind.name} goes on sending`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const subject = await rig.begin(kind, endpoint.address, { capacity: 10 })
        await endpoint.send(subject.address, ...numbered(100))
        await eventually(() => subject.got.full)
        subject.put(...numbered(100))
        await endpoint.received(100)
        expect(endpoint.texts).toEqual(numbered(100))
        expect(subject.got.length).toBe(10)
      })

    for (const kind of receivers)
      it(`FLO-03 when the reader takes, ${kind.name} reads on at once`, async () => {
        const clock = new ManualClock()
        const rig = new Rig(transport, family, { clock })
        const subject = await rig.begin(kind, undefined, { capacity: 10 })
        await rig.endpoint().send(subject.address, ...numbered(100))
        await eventually(() => subject.got.full)
        await quiet()
        const texts: string[] = []
        while (texts.length < 90) {
          for (const [data] of subject.got) texts.push(String(data))
          await turn()
          expect(subject.got.length).toBe(10)
        }
        for (const [data] of subject.got) texts.push(String(data))
        expect(texts).toEqual(numbered(100))
        expect(clock.now()).toBe(0)
      })

    for (const kind of receivers)
      it(`FLO-05 ${kind.name} never sends while its outbox is full`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const peer = rig.activate(kind.create(rig.local, undefined))
        const narrow = new Gauge<Datagram>('Three', { capacity: 3 })
        link(outboxOf(peer), narrow)
        const address = await peer.bound
        const texts: string[] = []
        for (let i = 0; texts.length < 200; i++) {
          if (i < 20) await endpoint.send(address, ...numbered(10, `${i}.`))
          await turn()
          const [data] = narrow.recv() ?? []
          if (data) texts.push(String(data))
        }
        expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => numbered(10, `${i}.`)).flat())
        expect(narrow.most).toBe(3)
      })
  })
}

/** Notes how many messages it ever held. */
class Gauge<T> extends Inbox<T> {
  most = 0

  override deliver(message: T): boolean {
    const room = super.deliver(message)
    this.most = Math.max(this.most, this.length)
    return room
  }
}

/** Looks in every cycle how much has come. */
class Watcher extends Component {
  readonly #box: { readonly delivered: number }
  most = 0

  constructor(box: { readonly delivered: number }) {
    super()
    this.#box = box
  }

  override *main(): Main {
    for (let before = 0; ; ) {
      const { delivered } = this.#box
      this.most = Math.max(this.most, delivered - before)
      before = delivered
      yield
    }
  }
}

function outboxOf(peer: BasicPeer): Outbox<Datagram> {
  return (peer as unknown as { outbox: Outbox<Datagram> }).outbox
}
