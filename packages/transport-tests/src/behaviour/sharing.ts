import type { DatagramTransport } from '@udpng/basic-peer'
import { UdpngError } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { type Endpoint, endpointAt } from '../rig/endpoint.js'
import { udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/** Two peers share an address or a port only when both ask for it. */
export function describeSharing(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const endpoint = (of: Family, at: string): Endpoint => endpointAt(transport, of, at)

  describe(`sharing: ${label(transport, family)}`, () => {
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
  })

  describe(`reusePort: ${label(transport, family)}`, () => {
    it.runIf(supports.reusePort)(
      'ADR-09 of 10 000 datagrams from 64 ports each is delivered once, those of a port to one of two peers, and each peer gets more than 10 %',
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
        const each = [await first.texts(1), await second.texts(1)]
        const senderOf = (text: string): number => Math.floor((Number(text) % 256) / 4)
        const senders = each.flatMap((some) => [...new Set(some.map(senderOf))])
        expect(senders.sort((a, b) => a - b)).toEqual([...ends.keys()])
        const all = each.flat()
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
}
