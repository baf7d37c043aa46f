import { readFileSync } from 'node:fs'
import type { DatagramTransport } from '@udpng/basic-peer'
import { UdpngError } from '@udpng/core'
import type { Address, Family } from '@udpng/datagram'
import { SimplePeer, type SimplePeerOptions, TargettedPeer, UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Endpoint, type EndpointOptions } from './endpoint.js'
import { kinds as allKinds, type Kind, postboxPeer, simplePeer, udpReceiver } from './kinds.js'
import { quiet } from './quiet.js'
import { label, loopback, numbered, Rig, Subject } from './rig.js'
import type { Supports } from './supports.js'

/** What a UDP socket may be addressed to, and what it comes from. */
export function describeAddresses(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  const host = loopback(family)
  const other: Family = family === 4 ? 6 : 4
  const receivers = kinds.filter((kind) => kind.receives)
  const senders = kinds.filter((kind) => kind.sends)
  const anywhere = family === 4 ? ['0.0.0.0'] : ['::', '::0', '0:0:0:0:0:0:0:0']
  const options: SimplePeerOptions = { transport, family }
  /** Linux itself takes the wildcard for the address that the socket is bound to: then this would tell. */
  const elsewhere = family === 4 ? { localAddr: '127.0.0.2' } : {}

  function endpoint(of: Family, at: string, options: EndpointOptions = {}): Endpoint {
    const end = new Endpoint(transport, of, at, options)
    onTestFinished(() => end.close())
    return end
  }

  describe(`addresses: ${label(transport, family)}`, () => {
    for (const kind of senders)
      it.each(anywhere)(
        `ADR-03 ${kind.name}: a destination %s with a port is this host's loopback address`,
        async (wildcard) => {
          const rig = new Rig(transport, family)
          const end = rig.endpoint()
          const subject = await rig.begin(kind, [wildcard, end.address[1]], elsewhere)
          subject.put('to whoever is here')
          await end.received(1)
          expect(end.texts).toEqual(['to whoever is here'])
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
        peer.inbox.deliver('to whoever is here')
        await end.received(1)
        expect(end.texts).toEqual(['to whoever is here'])
      },
    )

    it.each([SimplePeer, TargettedPeer, UDPSender])(
      'ADR-03 %o with a receiverPort and no receiverAddr sends to the loopback address',
      async (Peer) => {
        const rig = new Rig(transport, family)
        const end = rig.endpoint()
        const peer = rig.activate(new Peer({ ...options, receiverPort: end.address[1] }))
        peer.inbox.deliver('to whoever is here')
        await end.received(1)
        expect(end.texts).toEqual(['to whoever is here'])
      },
    )

    it('ADR-03 port 0 is no destination: as a receiver, as a target, in a letter', async () => {
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

    if (family === 6)
      it('ADR-09 with ipv6Only an IPv4 peer can share the port number, and each gets its own', async () => {
        const rig = new Rig(transport, family)
        const six = await rig.begin(udpReceiver, undefined, { localAddr: '::', ipv6Only: true })
        const [, port] = six.address
        const shared = { family: 4, localAddr: '0.0.0.0', localPort: port } as const
        const four = await rig.begin(udpReceiver, undefined, shared)
        await endpoint(4, '127.0.0.1').send(['127.0.0.1', port], 'four')
        await endpoint(6, '::1').send(['::1', port], 'six')
        expect(await four.texts(1)).toEqual(['four'])
        expect(await six.texts(1)).toEqual(['six'])
        expect(six.address).toEqual(['::', port])
      })

    if (family === 6)
      it('ADR-09 without ipv6Only it cannot', async () => {
        const rig = new Rig(transport, family)
        const six = await rig.begin(udpReceiver, undefined, { localAddr: '::' })
        const shared = { family: 4, localAddr: '0.0.0.0', localPort: six.address[1] } as const
        const four = rig.activate(rig.make(udpReceiver, undefined, shared).peer)
        await expect(four.bound).rejects.toMatchObject({ code: 'BIND_FAILED' })
      })

    it('ADR-08 two peers can share an address if both say reuseAddr, else not', async () => {
      const rig = new Rig(transport, family)
      const first = await rig.begin(udpReceiver, undefined, { reuseAddr: true })
      const [, localPort] = first.address
      const second = await rig.begin(udpReceiver, undefined, { reuseAddr: true, localPort })
      expect(second.address).toEqual(first.address)
      const third = rig.activate(rig.make(udpReceiver, undefined, { localPort }).peer)
      await expect(third.bound).rejects.toMatchObject({ code: 'BIND_FAILED' })
    })

    it('ADR-08 recvBufferSize is what the kernel buffer holds', async () => {
      const flood = async (recvBufferSize: number): Promise<number> => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(udpReceiver, undefined, { recvBufferSize })
        const end = rig.endpoint()
        // In one go: the receiver cannot read in between, for it is this very thread that sends.
        await end.send(subject.address, ...numbered(200, 'x'.repeat(1000)))
        await eventually(
          () => subject.got.length + (subject.peer.stats.kernelDrops?.about ?? 0) === 200,
          'all have arrived or are counted',
        )
        return subject.got.length
      }
      const [few, many] = [await flood(16 * 1024), await flood(1024 * 1024)]
      expect(few).toBeLessThan(100)
      expect(many).toBe(200)
    })
  })

  describe(`reusePort: ${label(transport, family)}`, () => {
    it.runIf(supports.reusePort)(
      'ADR-09 of 10 000 datagrams from 64 ports each is delivered once, and each of two peers gets more than 10 %',
      async () => {
        const rig = new Rig(transport, family)
        const shared = { reusePort: true, recvBufferSize: 1024 * 1024 } as const
        const first = await rig.begin(udpReceiver, undefined, shared)
        const localPort = first.address[1]
        const second = await rig.begin(udpReceiver, undefined, { ...shared, localPort })
        expect(second.address).toEqual(first.address)
        const ends = Array.from({ length: 64 }, () => rig.endpoint())
        const texts = numbered(10_000)
        const got = (): number => first.got.length + second.got.length
        for (let at = 0; at < texts.length; at += 256) {
          for (const [i, end] of ends.entries())
            await end.send(first.address, ...texts.slice(at + 4 * i, at + 4 * i + 4))
          const most = Math.min(at + 256, texts.length)
          await eventually(() => got() >= most, `datagram ${most}`)
        }
        await quiet()
        const counts = [first, second].map((subject) => subject.got.length)
        expect(Math.min(...counts)).toBeGreaterThan(1000)
        const all = [...(await first.texts(1)), ...(await second.texts(1))]
        expect(all.sort((a, b) => Number(a) - Number(b))).toEqual(texts)
      },
    )

    if (!supports.reusePort)
      it('ADR-09 reusePort that cannot be had is a failed bind that says what it needs', async () => {
        const rig = new Rig(transport, family)
        const subject = rig.make(udpReceiver, undefined, { reusePort: true })
        rig.activate(subject.peer)
        const error = await subject.peer.bound.catch((error: unknown) => error)
        expect(error).toBeInstanceOf(UdpngError)
        expect(error).toMatchObject({ code: 'BIND_FAILED' })
        expect(String(error)).toContain('reusePort needs ')
        expect(rig.transport.sockets).toEqual([])
      })
  })

  if (family === 4)
    describe(`broadcast: ${label(transport, family)}`, () => {
      const everybody = '127.255.255.255'

      for (const kind of senders)
        it(`ADR-10 ${kind.name}: without broadcast, a broadcast is reported as EACCES`, async () => {
          const rig = new Rig(transport, family)
          const end = endpoint(4, '0.0.0.0')
          const subject = await rig.begin(kind, [everybody, end.address[1]], {
            localAddr: '0.0.0.0',
          })
          subject.put('to all')
          const [report] = await subject.reported(1)
          expect(report).toMatchObject({ code: 'SEND_FAILED', address: everybody })
          expect(report?.cause).toMatchObject({ code: 'EACCES' })
          expect(subject.peer.stats.failed).toEqual({ EACCES: 1 })
          expect(end.got).toEqual([])
        })

      for (const kind of senders)
        it(`ADR-10 ${kind.name}: with broadcast, it is delivered`, async () => {
          const rig = new Rig(transport, family)
          const end = endpoint(4, '0.0.0.0')
          const options = { localAddr: '0.0.0.0', broadcast: true }
          const subject = await rig.begin(kind, [everybody, end.address[1]], options)
          subject.put('to all')
          await end.received(1)
          expect(end.texts).toEqual(['to all'])
          expect(subject.peer.stats.failed).toEqual({})
        })
    })

  if (supports.system)
    describe(`a clamped buffer: ${label(transport, family)}`, () => {
      const most = Number(readFileSync('/proc/sys/net/core/rmem_max', 'latin1'))

      for (const kind of kinds.filter(({ receives }) => receives))
        it(`ADR-10 ${kind.name}: a receive buffer that the kernel clamped is one warning, with both sizes`, async () => {
          const rig = new Rig(transport, family)
          const asked = most * 2 + 1
          const subject = await rig.begin(kind, [host, 9], { recvBufferSize: asked })
          const [warning] = await subject.reported(1)
          expect(warning).toMatchObject({ code: 'BUFFER_CLAMPED', component: subject.peer.name })
          expect(warning?.message).toContain(`${asked}`)
          expect(warning?.message).toContain(`${most}`)
          await quiet()
          expect(subject.reports.delivered).toBe(1)
          expect(subject.peer.stats.failed).toEqual({})
        })

      it('ADR-10 a receive buffer of just the limit is no warning', async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(simplePeer, undefined, { recvBufferSize: most })
        await quiet()
        expect(subject.reports.delivered).toBe(0)
      })
    })
}
