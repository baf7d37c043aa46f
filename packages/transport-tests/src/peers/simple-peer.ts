import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { simplePeer, udpSender } from '../rig/kinds.js'
import { label, numbered, Rig } from '../rig/rig.js'

/** What SimplePeer does with what it gets. */
export function describeSimplePeer(transport: DatagramTransport, family: Family): void {
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

    it('SIM-02 it receives from any sender, not only from its receiver', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const peer = await rig.begin(simplePeer, endpoint.address)
      peer.put('to the receiver')
      await endpoint.received(1)
      const others = Array.from({ length: 5 }, () => rig.endpoint())
      for (const other of others) {
        await other.send(peer.address, 'hello')
        expect(await peer.received(1)).toEqual([[Buffer.from('hello'), other.address]])
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
          await rig.endpoint().send(peer.address, 'nevertheless')
          expect(await peer.texts(1)).toEqual(['nevertheless'])
        })
  })
}
