import { networkInterfaces } from 'node:os'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import { SimplePeer, TargettedPeer } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind, postboxPeer, udpReceiver } from '../rig/kinds.js'
import { label, Rig, Subject } from '../rig/rig.js'

/** A link between two interfaces, and the link-local address of each, without scope. */
export interface Link {
  readonly near: { readonly name: string; readonly address: string }
  readonly far: { readonly name: string; readonly address: string }
}

/** Addresses that mean something on one link only. */
export function describeLinkLocal(
  transport: DatagramTransport,
  { near, far }: Link,
  kinds: readonly Kind[] = allKinds,
): void {
  /** Each end as it is known there, and as it is known on the other side. */
  const nearHost = `${near.address}%${near.name}`
  const farHost = `${far.address}%${far.name}`
  const farFromHere = `${far.address}%${near.name}`
  const nearFromThere = `${near.address}%${far.name}`

  describe(`link-local addresses: ${label(transport, 6)}`, () => {
    for (const kind of kinds.filter(({ sends, receives }) => sends && receives))
      it(`ADR-06 ADR-07 ${kind.name}: link-local addresses work with their scope, in both directions`, async () => {
        const rig = new Rig(transport, 6)
        const there = await rig.begin(postboxPeer, undefined, { localAddr: farHost })
        expect(there.address[0]).toBe(farHost)
        const to: Address = [farFromHere, there.address[1]]
        const here = await rig.begin(kind, to, { localAddr: nearHost })
        here.put('hello')
        const [datagram] = await there.received(1)
        const sender: Address = [nearFromThere, here.address[1]]
        expect(datagram).toEqual([Buffer.from('hello'), sender])
        there.inbox.deliver([...sender, 'hello back'])
        expect(await here.received(1)).toEqual([[Buffer.from('hello back'), to]])
      })

    it('DGM-11 a receiver in any spelling, its scope a name or a number, is sent to and heard; its neighbour is not', async () => {
      const rig = new Rig(transport, 6)
      const there = await rig.begin(postboxPeer, undefined, { localAddr: farHost })
      const forger = await rig.begin(postboxPeer, undefined, { localAddr: farHost })
      const [, receiverPort] = there.address
      const scope = networkInterfaces()[near.name]?.find(
        ({ scopeid }: { scopeid?: number }) => scopeid,
      )
      const number = scope && 'scopeid' in scope ? scope.scopeid : undefined
      expect(number).toBeGreaterThan(0)
      const long = far.address.replace('::', ':0:0:0:0:0:0:')
      for (const host of [far.address, far.address.toUpperCase(), long, long.toUpperCase()])
        for (const zone of [near.name, number]) {
          const receiverAddr = `${host}%${zone}`
          const here = await rig.start(
            new Subject(
              new SimplePeer({
                transport: rig.transport,
                localAddr: nearHost,
                receiverAddr,
                receiverPort,
                onlyFromReceiver: true,
              }),
            ),
          )
          here.inbox.deliver('hello')
          const [[, sender] = []] = await there.received(1)
          expect([receiverAddr, sender]).toEqual([receiverAddr, [nearFromThere, here.address[1]]])
          forger.inbox.deliver([nearFromThere, here.address[1], 'INJECTED'])
          there.inbox.deliver([nearFromThere, here.address[1], 'hello back'])
          expect([receiverAddr, ...(await here.texts(1))]).toEqual([receiverAddr, 'hello back'])
        }
    })

    it('DGM-11 a scope by number that is not an interface is reported', async () => {
      const rig = new Rig(transport, 6)
      const letters = await rig.begin(postboxPeer, undefined, { localAddr: '::' })
      letters.inbox.deliver([`${far.address}%4294967295`, 9, 'nowhere'])
      expect((await letters.reported(1)).map(({ address }) => address)).toEqual([
        `${far.address}%4294967295`,
      ])
      expect(letters.peer.stats.sent).toBe(0)
    })

    it('ADR-06 without a scope, a bind fails and the error says to add it', async () => {
      const rig = new Rig(transport, 6)
      const { peer } = rig.make(udpReceiver, undefined, { localAddr: near.address })
      rig.activate(peer)
      await expect(peer.bound).rejects.toMatchObject({
        code: 'BIND_FAILED',
        address: near.address,
        message: expect.stringMatching(/link-local.*scope.*fe80::1%/),
      })
    })

    it('ADR-06 without a scope, a letter, a target and a receiver are reported, and the report says to add it', async () => {
      const rig = new Rig(transport, 6)
      const end = rig.endpoint()
      const letters = await rig.begin(postboxPeer)
      letters.inbox.deliver([far.address, 9, 'nowhere'])
      letters.inbox.deliver([...end.address, 'letter'])

      const peer = new TargettedPeer(rig.local)
      const targetted = await rig.start(new Subject(peer))
      peer.target.deliver(end.address)
      peer.target.deliver([far.address, 9])
      peer.inbox.deliver('to the old one')

      const receiver = { receiverAddr: far.address, receiverPort: 9 }
      const aimed = await rig.start(new Subject(new SimplePeer({ ...rig.local, ...receiver })))
      aimed.inbox.deliver('nowhere')

      for (const subject of [letters, targetted, aimed]) {
        const [report] = await subject.reported(1)
        expect(report).toMatchObject({ code: 'BAD_ADDRESS' })
        expect(report?.message).toContain(`scope: ${far.address}%`)
      }
      await end.received(2)
      expect(end.texts.sort()).toEqual(['letter', 'to the old one'])
    })

    it('ADR-06 an unknown scope is a failed bind', async () => {
      const rig = new Rig(transport, 6)
      const localAddr = `${near.address}%udpng9`
      const { peer } = rig.make(udpReceiver, undefined, { localAddr })
      rig.activate(peer)
      await expect(peer.bound).rejects.toMatchObject({ code: 'BIND_FAILED', address: localAddr })
      expect(rig.transport.sockets).toEqual([])
    })

    it('ADR-06 an unknown scope of a destination is reported, and the next datagram is sent', async () => {
      const rig = new Rig(transport, 6)
      const there = await rig.begin(udpReceiver, undefined, { localAddr: farHost })
      const letters = await rig.begin(postboxPeer, undefined, { localAddr: '::' })
      const [, port] = there.address
      // The second is a property that every object has.
      const unknown = [`${far.address}%udpng9`, `${far.address}%constructor`]
      for (const host of unknown) letters.inbox.deliver([host, port, 'nowhere'])
      letters.inbox.deliver([farFromHere, port, 'there'])
      expect(await there.texts(1)).toEqual(['there'])
      expect(await letters.reported(2)).toMatchObject(unknown.map((address) => ({ address, port })))
      expect(letters.peer.stats.sent).toBe(1)
    })
  })
}
