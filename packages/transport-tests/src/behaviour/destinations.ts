import type { DatagramTransport } from '@udpng/basic-peer'
import type { Address, Family } from '@udpng/datagram'
import { SimplePeer, type SimplePeerOptions, TargettedPeer, UDPSender } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { type Endpoint, endpointAt } from '../rig/endpoint.js'
import { kinds as allKinds, type Kind, postboxPeer } from '../rig/kinds.js'
import { label, loopback, Rig, Subject } from '../rig/rig.js'

/** What a peer may be addressed to, and the address that a datagram comes from. */
export function describeDestinations(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const host = loopback(family)
  const other: Family = family === 4 ? 6 : 4
  const receivers = kinds.filter((kind) => kind.receives)
  const senders = kinds.filter((kind) => kind.sends)
  const anywhere = family === 4 ? ['0.0.0.0'] : ['::', '::0', '0:0:0:0:0:0:0:0']
  const options: SimplePeerOptions = { transport, family }
  /** Linux itself takes the wildcard for the address that the socket is bound to: then this would not be seen. */
  const elsewhere = family === 4 ? { localAddr: '127.0.0.2' } : {}
  const endpoint = (of: Family, at: string): Endpoint => endpointAt(transport, of, at)

  describe(`addresses: ${label(transport, family)}`, () => {
    for (const kind of senders)
      it.each(anywhere)(
        `ADR-03 ${kind.name}: a destination %s with a port is this host's loopback address`,
        async (wildcard) => {
          const rig = new Rig(transport, family)
          const end = rig.endpoint()
          const subject = await rig.begin(kind, [wildcard, end.address[1]], elsewhere)
          subject.put('to this machine')
          await end.received(1)
          expect(end.texts).toEqual(['to this machine'])
        },
      )

    it.each(anywhere)(
      "ADR-03 TargettedPeer: a target %s with a port is this host's loopback address",
      async (wildcard) => {
        const rig = new Rig(transport, family)
        const end = rig.endpoint()
        const peer = new TargettedPeer({ ...rig.local, ...elsewhere })
        rig.activate(peer)
        peer.target.deliver([wildcard, end.address[1]])
        peer.inbox.deliver('to this machine')
        await end.received(1)
        expect(end.texts).toEqual(['to this machine'])
      },
    )

    it.each([SimplePeer, TargettedPeer, UDPSender])(
      'ADR-03 %o with a receiverPort and no receiverAddr sends to the loopback address',
      async (Peer) => {
        const rig = new Rig(transport, family)
        const end = rig.endpoint()
        const peer = rig.activate(new Peer({ ...options, receiverPort: end.address[1] }))
        peer.inbox.deliver('to this machine')
        await end.received(1)
        expect(end.texts).toEqual(['to this machine'])
      },
    )

    it('ADR-03 port 0 is not a destination: as a receiver, as a target, in a letter', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const none = await rig.start(new Subject(new SimplePeer({ ...options, receiverPort: 0 })))
      none.inbox.deliver('nowhere')
      expect((await none.reported(1)).map(({ code }) => code)).toEqual(['NO_RECEIVER'])

      const letters = await rig.begin(postboxPeer)
      letters.inbox.deliver([host, 0, 'nowhere'])
      letters.inbox.deliver([...end.address, 'here'])
      expect(await letters.reported(1)).toMatchObject([
        { code: 'BAD_ADDRESS', address: host, port: 0 },
      ])

      const peer = new TargettedPeer(rig.local)
      const targetted = await rig.start(new Subject(peer))
      peer.target.deliver(end.address)
      peer.target.deliver([host, 0])
      peer.inbox.deliver('here')
      expect((await targetted.reported(1)).map(({ code }) => code)).toEqual(['BAD_ADDRESS'])
      await end.received(2)
      expect(end.texts).toEqual(['here', 'here'])
      expect([none, letters, targetted].map(({ peer }) => peer.stats.failed)).toEqual([
        { NO_RECEIVER: 1 },
        { BAD_ADDRESS: 1 },
        { BAD_ADDRESS: 1 },
      ])
    })

    const malformed = ['256.1.1.1', '127.0.0.1 ', '[::1]', '', '127.1', '0x7f.0.0.1', '2130706433']

    it('ADR-04 malformed addresses are reported as a target and in a letter, and never looked up', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const asked: string[] = []
      const lookup = (name: string): unknown => asked.push(name)
      const letters = await rig.begin(postboxPeer, undefined, { lookup })
      const peer = new TargettedPeer({ ...rig.local, lookup })
      const targetted = await rig.start(new Subject(peer))
      peer.target.deliver(end.address)
      for (const bad of [...malformed, 'a'.repeat(2 ** 20)]) {
        letters.inbox.deliver([bad, end.address[1], 'nowhere'])
        peer.target.deliver([bad, end.address[1]])
      }
      letters.inbox.deliver([...end.address, 'letter'])
      peer.inbox.deliver('to the old one')
      const count = malformed.length + 1
      for (const subject of [letters, targetted]) {
        const codes = (await subject.reported(count)).map(({ code }) => code)
        expect(codes).toEqual(codes.map(() => 'BAD_ADDRESS'))
        expect(subject.peer.stats.failed).toEqual({ BAD_ADDRESS: count })
      }
      await end.received(2)
      expect(end.texts.sort()).toEqual(['letter', 'to the old one'])
      expect(asked).toEqual([])
    })

    it('ADR-05 family follows from a literal localAddr or receiverAddr', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const [receiverAddr, receiverPort] = end.address
      const bound = rig.activate(new SimplePeer({ transport, localAddr: host }))
      expect((await bound.bound)[0]).toBe(host)
      const aimed = rig.activate(new UDPSender({ transport, receiverAddr, receiverPort }))
      aimed.inbox.deliver('found it')
      await end.received(1)
      expect((await aimed.bound)[0]).toBe(family === 4 ? '0.0.0.0' : '::')
    })

    it('ADR-05 a literal of the other family is reported as a target and in a letter; the rest flows', async () => {
      const rig = new Rig(transport, family)
      const end = rig.endpoint()
      const foreign = [loopback(other), end.address[1]] as const
      const letters = await rig.begin(postboxPeer)
      letters.inbox.deliver([...foreign, 'lost'])
      letters.inbox.deliver([...end.address, 'letter'])
      const [report] = await letters.reported(1)
      expect(report).toMatchObject({ code: 'BAD_ADDRESS', address: foreign[0], port: foreign[1] })
      expect(report?.message).toContain(`this socket speaks IPv${family}`)
      await end.received(1)

      const peer = new TargettedPeer(rig.local)
      const targetted = await rig.start(new Subject(peer))
      peer.target.deliver(end.address)
      peer.target.deliver(foreign)
      peer.inbox.deliver('to the old one')
      expect((await targetted.reported(1)).map(({ code }) => code)).toEqual(['BAD_ADDRESS'])
      await end.received(2)
      expect(end.texts).toEqual(['letter', 'to the old one'])
    })

    for (const kind of receivers)
      it(`ADR-07 ${kind.name} gives the sender's host as the plain literal`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind)
        const end = rig.endpoint()
        await end.send(subject.address, 'hello')
        expect(await subject.received(1)).toEqual([[Buffer.from('hello'), [host, end.address[1]]]])
      })

    if (family === 6)
      it('ADR-07 on a dual-stack socket an IPv4 sender is ::ffff:a.b.c.d, and that can be used to reply', async () => {
        const rig = new Rig(transport, family)
        const end = endpoint(4, '127.0.0.1')
        const subject = await rig.begin(postboxPeer, undefined, { localAddr: '::' })
        const [, port] = subject.address
        await end.send(['127.0.0.1', port], 'hello')
        const [datagram] = await subject.received(1)
        const sender: Address = ['::ffff:127.0.0.1', end.address[1]]
        expect(datagram).toEqual([Buffer.from('hello'), sender])
        subject.inbox.deliver([...sender, 'hello back'])
        await end.received(1)
        expect(end.got).toEqual([[Buffer.from('hello back'), ['127.0.0.1', port]]])
      })
  })
}
