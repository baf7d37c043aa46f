import type { DatagramTransport, Lookup } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { aimed, kinds as allKinds, type Kind, postboxPeer } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'
import { describeLookupAnswers } from './lookup-answers.js'

/** Host names are looked up beside the flow of datagrams, and cost only those who wait for them. */
export function describeNames(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const host = loopback(family)

  describe(`names: ${label(transport, family)}`, () => {
    for (const kind of senders)
      it(`DNS-01 1000 datagrams of ${kind.name} to one name make one look-up, and arrive in order`, async () => {
        const rig = new Rig(transport, family)
        const names = new HandLookup()
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const to = ['receiver.test', endpoint.address[1]] as const
        const sender = await rig.begin(kind, to, { lookup: names.lookup })
        sender.put(...numbered(999))
        await quiet()
        expect(endpoint.got.length).toBe(0)
        expect(names.asked).toEqual(['receiver.test'])
        names.answer('receiver.test', host)
        await endpoint.received(999)
        sender.put('999')
        await endpoint.received(1000)
        expectWithin(endpoint.kernelDrops, endpoint.missing(numbered(1000)))
        expect(names.asked).toEqual(['receiver.test'])
        expect(sender.peer.stats).toMatchObject({ sent: 1000, failed: {} })
      })

    for (const kind of senders)
      it(`DNS-01 ${kind.name} never looks up an IP literal`, async () => {
        const rig = new Rig(transport, family)
        const names = new HandLookup()
        const endpoint = rig.endpoint()
        const [, port] = endpoint.address
        for (const literal of [host, family === 6 ? '::' : '0.0.0.0']) {
          const sender = await rig.begin(kind, [literal, port], { lookup: names.lookup })
          sender.put(literal)
        }
        await endpoint.received(2)
        expect(names.asked).toEqual([])
      })

    for (const kind of senders)
      it(`DNS-01 ${kind.name} takes an answer that comes inside the question`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        let asked = 0
        const lookup: Lookup = (_, __, answer) => {
          asked++
          answer(null, host)
        }
        const sender = await rig.begin(kind, ['receiver.test', endpoint.address[1]], { lookup })
        sender.put(...numbered(10))
        await endpoint.received(10)
        expect(endpoint.texts).toEqual(numbered(10))
        expect(asked).toBe(1)
      })

    for (const kind of senders)
      it(`DNS-01 with lookupTtlMs 0, one look-up of ${kind.name} serves all that waited for it`, async () => {
        const rig = new Rig(transport, family)
        const names = new HandLookup()
        const endpoint = rig.endpoint()
        const to = ['receiver.test', endpoint.address[1]] as const
        const options = { lookup: names.lookup, lookupTtlMs: 0 }
        const sender = await rig.begin(kind, to, options)
        for (let asked = 1; asked <= 2; asked++) {
          sender.put(...numbered(5))
          await eventually(() => names.asked.length === asked)
          await quiet(5)
          names.answer('receiver.test', host)
          await endpoint.received(5 * asked)
        }
        expect(endpoint.texts).toEqual([...numbered(5), ...numbered(5)])
        expect(names.asked.length).toBe(2)
      })

    it('DNS-02 while one name hangs for 5 s, letters to other destinations leave at once', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const names = new HandLookup()
      const [endpoint, other] = [rig.endpoint(), rig.endpoint()]
      const peer = await rig.begin(postboxPeer, undefined, { lookup: names.lookup })
      for (let i = 0; i < 20; i++) {
        peer.inbox.deliver(['hanging.test', other.address[1], `late ${i}`])
        peer.inbox.deliver([host, endpoint.address[1], `literal ${i}`])
        peer.inbox.deliver(['quick.test', endpoint.address[1], `name ${i}`])
      }
      await endpoint.received(20)
      names.answer('quick.test', host)
      await endpoint.received(40)
      expect(endpoint.texts).toEqual([...numbered(20, 'literal '), ...numbered(20, 'name ')])
      expect(clock.now()).toBe(0)
      await clock.advance(5000)
      expect(other.got.length).toBe(0)
      names.answer('hanging.test', host)
      await other.received(20)
      expect(other.texts).toEqual(numbered(20, 'late '))
      expect(names.asked).toEqual(['hanging.test', 'quick.test'])
    })

    it('DNS-02 an answer that comes while another name is asked for is not missed', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [, port] = endpoint.address
      // It asks for all names that wait in one go, as soon as there are two.
      let first: Parameters<Lookup>[2] | undefined
      const lookup: Lookup = (_, __, answer) => {
        if (first) first(null, host)
        else first = answer
      }
      const peer = await rig.begin(postboxPeer, undefined, { lookup })
      peer.inbox.deliver(['one.test', port, 'one'])
      peer.inbox.deliver(['two.test', port, 'two'])
      await endpoint.received(1)
      expect(endpoint.texts).toEqual(['one'])
    })

    for (const kind of aimed)
      it(`DNS-03 while it waits for a name, ${kind.name} stops taking from its inbox`, async () => {
        const rig = new Rig(transport, family)
        const names = new HandLookup()
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const to = ['receiver.test', endpoint.address[1]] as const
        const sender = await rig.begin(kind, to, { lookup: names.lookup })
        sender.put(...numbered(2000))
        await quiet()
        expect(rig.box(sender.peer, 'inbox').taken).toBe(1)
        expect(sender.inbox.full).toBe(true)
        names.answer('receiver.test', host)
        await endpoint.received(2000)
        expect(sender.peer.stats).toMatchObject({ sent: 2000, dropped: { lookupQueueFull: 0 } })
      })

    it('DNS-03 PostboxPeer holds 1024 letters that wait for names; the others are dropped and counted', async () => {
      const rig = new Rig(transport, family)
      const names = new HandLookup()
      const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
      const [, port] = endpoint.address
      const peer = await rig.begin(postboxPeer, undefined, { lookup: names.lookup })
      for (const text of numbered(600)) {
        peer.inbox.deliver(['one.test', port, `one ${text}`])
        peer.inbox.deliver(['two.test', port, `two ${text}`])
      }
      peer.inbox.deliver([host, port, 'not delayed'])
      await endpoint.received(1)
      expect(endpoint.texts).toEqual(['not delayed'])
      expect(peer.peer.stats.dropped.lookupQueueFull).toBe(176)
      names.answer('two.test', host)
      await endpoint.received(513)
      names.answer('one.test', host)
      await endpoint.received(1025)
      const letters = ['not delayed', ...numbered(512, 'two '), ...numbered(512, 'one ')]
      expectWithin(endpoint.kernelDrops, endpoint.missing(letters))
      // There is room again.
      peer.inbox.deliver(['three.test', port, 'three'])
      await eventually(() => names.asked.length === 3)
      names.answer('three.test', host)
      await endpoint.received(1026)
      expect(peer.peer.stats.dropped.lookupQueueFull).toBe(176)
    })

    it('DNS-03 PostboxPeer looks up 1024 names at a time, and none for what cannot be sent anyway', async () => {
      const rig = new Rig(transport, family)
      const names = new HandLookup()
      const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
      const [, port] = endpoint.address
      const peer = await rig.begin(postboxPeer, undefined, { lookup: names.lookup })
      for (let i = 0; i < 3000; i++) {
        peer.inbox.deliver([`bad-port-${i}.test`, 0, 'x'])
        peer.inbox.deliver([`bad-data-${i}.test`, port, 7])
        peer.inbox.deliver([`name-${i}.test`, port, `${i}`])
      }
      peer.inbox.deliver([host, port, 'last'])
      await endpoint.received(1)
      expect(names.asked).toEqual(numbered(1024, 'name-').map((name) => `${name}.test`))
      expect(peer.peer.stats).toMatchObject({
        failed: { BAD_ADDRESS: 3000, BAD_MESSAGE: 3000 },
        dropped: { lookupQueueFull: 3000 - 1024 },
      })
      for (const name of [...names.asked]) names.answer(name, host)
      await endpoint.received(1025)
      expectWithin(endpoint.kernelDrops, endpoint.missing(['last', ...numbered(1024)]))
      expect(names.asked.length).toBe(1024)
    })
  })

  describeLookupAnswers(transport, family, kinds)
}
