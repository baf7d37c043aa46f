import type { DatagramTransport, Lookup } from '@udpng/basic-peer'
import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { SimplePeer, type SimplePeerOptions, UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig, Subject } from '../rig/rig.js'

/** Peers that connect their socket to their receiver. No tests for a transport that is not capable of it. */
export function describeConnectedPeers(transport: DatagramTransport, family: Family): void {
  if (!transport.capabilities?.includes('connect')) return
  const host = loopback(family)
  const anywhere = family === 4 ? '0.0.0.0' : '::'

  /** Not started yet. */
  function make(rig: Rig, receiverPort: number, options: SimplePeerOptions = {}) {
    const all = { transport: rig.bare, family, connected: true, receiverAddr: host, ...options }
    return new SimplePeer({ ...all, receiverPort })
  }

  describe(`connected peers: ${label(transport, family)}`, () => {
    it.each([anywhere, host])(
      'PER-19 a SimplePeer bound to %s exchanges datagrams with its receiver, and hears no other',
      async (localAddr) => {
        const rig = new Rig(transport, family)
        const end = rig.endpoint()
        const other = rig.endpoint()
        const subject = await rig.start(new Subject(make(rig, end.address[1], { localAddr })))
        const { peer, address } = subject
        expect(address[0]).toBe(host)
        subject.inbox.deliver('to it')
        await end.received(1)
        expect(end.got).toEqual([[Buffer.from('to it'), address]])
        await end.send(address, 'first')
        await other.send(address, 'from another')
        await end.send(address, 'second')
        expect(await subject.texts(2)).toEqual(['first', 'second'])
        await quiet()
        expect(subject.got.length).toBe(0)
        expect(peer.stats).toMatchObject({ sent: 1, received: 2, failed: {}, receiveErrors: 0 })
      },
    )

    it('PER-19 a UDPSender sends many datagrams, in order', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const sender = new UDPSender({
        transport,
        family,
        connected: true,
        receiverAddr: host,
        receiverPort: end.address[1],
      })
      const subject = await rig.start(new Subject(sender))
      const texts = numbered(200)
      for (const text of texts) subject.inbox.deliver(text)
      await end.received(200)
      expect(end.texts).toEqual(texts)
      expect(sender.stats).toMatchObject({ sent: 200, sentBytes: texts.join('').length })
      expect(sender.address?.[0]).toBe(host)
    })

    if (family === 4)
      it('PER-19 the receiver may be a broadcast address, with the option', async () => {
        const rig = new Rig(transport, family)
        const broadcast = { receiverAddr: '127.255.255.255', broadcast: true }
        const end = rig.endpoint()
        const peer = make(rig, end.address[1], broadcast as SimplePeerOptions)
        const subject = await rig.start(new Subject(peer))
        subject.inbox.deliver('to all')
        await eventually(() => peer.stats.sent === 1, 'it is sent')
      })

    it('SHD-05 what is queued is sent to a receiver that is an IP address, even without time for the drain', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const options = { drainTimeoutMs: 0, onProducerFinished: 'drain' } as const
      const subject = new Subject(make(rig, end.address[1], options as SimplePeerOptions))
      subject.inbox.deliver('last')
      subject.peer.control.deliver(producerFinished())
      rig.activate(subject.peer)
      await end.received(1)
      expect(end.texts).toEqual(['last'])
    })

    it('PER-20 what the receiver refuses is counted, and no datagram is lost because of that', async () => {
      const rig = new Rig(transport, family)
      const [, port] = rig.deadAddress()
      const subject = await rig.start(new Subject(make(rig, port)))
      const { peer } = subject
      for (const round of [1, 2, 3]) {
        for (const text of numbered(50)) subject.inbox.deliver(text)
        await eventually(() => peer.stats.sent === 50 * round, `${50 * round} sent`)
        await eventually(() => (peer.stats.refused ?? 0) >= round, `${round} refused`)
      }
      const [report] = await subject.reported(1)
      expect(report).toMatchObject({ code: 'REFUSED', address: host, port })
      expect(peer.stats).toMatchObject({ sent: 150, failed: {}, receiveErrors: 0 })
      // Now a program listens there.
      const end = rig.endpoint({ port })
      subject.inbox.deliver('listening')
      await end.received(1)
      expect(end.texts).toEqual(['listening'])
      expect(peer.stats).toMatchObject({ sent: 151, failed: {}, receiveErrors: 0 })
    })

    it('PER-21 a name is looked up before the bind, and once', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const names = new HandLookup()
      const peer = make(rig, end.address[1], {
        receiverAddr: 'end.example',
        lookup: names.lookup,
        lookupTtlMs: 0,
      } as SimplePeerOptions)
      const subject = new Subject(peer)
      rig.activate(peer)
      await eventually(() => names.asked.length === 1, 'the question')
      subject.inbox.deliver('waiting')
      await quiet()
      expect(peer.address).toBeUndefined()
      names.answer('end.example', host)
      await end.received(1)
      for (const text of ['one', 'two']) {
        subject.inbox.deliver(text)
        await eventually(() => end.texts.includes(text), text)
      }
      expect(names.asked).toEqual(['end.example'])
    })

    it('PER-21 a receiver without an address fails the peer', async () => {
      const rig = new Rig(transport, family)
      const lookup: Lookup = (name, _, answer) =>
        answer(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }))
      const peer = make(rig, 9, { receiverAddr: 'end.example', lookup } as SimplePeerOptions)
      const failure = expect.objectContaining({
        code: 'LOOKUP_FAILED',
        message: expect.stringContaining('cannot connect to "end.example":9: '),
        address: 'end.example',
        port: 9,
      })
      const bound = expect(peer.bound).rejects.toEqual(failure)
      await expect(peer.run()).rejects.toEqual(failure)
      await bound
    })

    it.each([
      ['shutdownMicroprocess', shutdownMicroprocess, {}],
      ['producerFinished, drained', producerFinished, { drainTimeoutMs: 0 }],
    ] as const)('PER-21 during the look-up, it ends on %s', async (_, word, options) => {
      const rig = new Rig(transport, family)
      const peer = make(rig, 9, {
        receiverAddr: 'end.example',
        lookup: new HandLookup().lookup,
        onProducerFinished: 'drain',
        ...options,
      } as SimplePeerOptions)
      const subject = new Subject(peer)
      rig.activate(peer)
      await quiet()
      subject.inbox.deliver('not sent')
      peer.control.deliver(word())
      expect((await subject.ended()).map(({ kind }) => kind)).toEqual([word().kind])
      await expect(peer.bound).rejects.toMatchObject({ code: 'NOT_BOUND' })
      expect(peer.stats.dropped.unsent).toBe(1)
    })

    it('PER-22 a receiver that the system does not connect to is a failed bind', async () => {
      const rig = new Rig(transport, family)
      // A broadcast without the option, and IPv4 without dual stack.
      const receiverAddr = family === 4 ? '127.255.255.255' : '::ffff:127.0.0.1'
      const options = { receiverAddr, localAddr: anywhere, ipv6Only: family === 6 }
      const peer = make(rig, 9, options as SimplePeerOptions)
      await expect(peer.run()).rejects.toMatchObject({
        code: 'BIND_FAILED',
        message: expect.stringMatching(/^cannot connect .*:0 to .*:9: /),
        syscall: 'connect',
        port: 9,
      })
    })
  })
}
