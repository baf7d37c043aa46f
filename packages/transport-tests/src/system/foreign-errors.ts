import { networkInterfaces } from 'node:os'
import type { DatagramTransport } from '@udpng/basic-peer'
import { type Family, formatAddress } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { aimed, postboxPeer, simplePeer, targettedPeer } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig, sum } from '../rig/rig.js'

/**
 * An address that cannot be reached from loopback, whatever routes this host has: the system refuses it, and
 * nothing leaves the host.
 */
function nowhere(family: Family): string {
  if (family === 4) return '240.0.0.1'
  const lo = Object.entries(networkInterfaces()).find(([, all]) => all?.some((one) => one.internal))
  return `fe80::1%${lo?.[0] ?? 'lo'}`
}

/** What the network says about one destination is not a matter of the others. */
export function describeForeignErrors(transport: DatagramTransport, family: Family): void {
  describe(`foreign errors: ${label(transport, family)}`, () => {
    for (const pace of ['one round at a time', 'all at once'] as const)
      it(`ICM-01 dead and live destinations alternating (${pace}): each live one gets all`, async () => {
        const rig = new Rig(transport, family)
        const live = Array.from({ length: 3 }, () => rig.endpoint())
        const dead = Array.from({ length: 3 }, () => rig.deadAddress())
        const peer = await rig.begin(postboxPeer)
        for (const text of numbered(50)) {
          for (const [i, endpoint] of live.entries()) {
            peer.inbox.deliver([...(dead[i] as (typeof dead)[0]), 'lost'])
            peer.inbox.deliver([...endpoint.address, text])
          }
          if (pace === 'one round at a time') await quiet(2)
        }
        for (const endpoint of live) {
          await endpoint.received(50)
          expect(endpoint.texts).toEqual(numbered(50))
        }
        await eventually(() => sum(peer.peer.stats.failed) + peer.peer.stats.sent === 300)
        expect(peer.peer.ended).toBe(false)
      })

    for (const kind of [simplePeer, targettedPeer, postboxPeer])
      it(`ICM-02 a dead destination never stops ${kind.name} from reading; back again, it gets what is sent from then on`, async () => {
        const rig = new Rig(transport, family)
        const dead = rig.deadAddress()
        const other = rig.endpoint()
        const peer = await rig.begin(kind, dead)
        for (const text of numbered(20)) {
          peer.put('lost')
          await other.send(peer.address, text)
          await quiet(2)
        }
        expect(await peer.texts(20)).toEqual(numbered(20))
        const back = rig.endpoint({ port: dead[1] })
        for (const text of numbered(20)) {
          peer.put(text)
          await back.send(peer.address, text)
          await quiet(2)
        }
        await back.received(20)
        expect(back.texts).toEqual(numbered(20))
        expect(await peer.texts(20)).toEqual(numbered(20))
        expect(peer.peer.ended).toBe(false)
        expect(peer.peer.stats.receiveErrors).toBe(0)
      })

    for (const kind of aimed)
      it(`ICM-02 ${kind.name} with a dead receiver sends on, and what comes back to life gets its share`, async () => {
        const rig = new Rig(transport, family)
        const dead = rig.deadAddress()
        const sender = await rig.begin(kind, dead)
        for (const text of numbered(50)) sender.put(text)
        await eventually(() => sender.accounted === 50)
        const back = rig.endpoint({ port: dead[1] })
        for (const text of numbered(50)) sender.put(text)
        await back.received(50)
        expect(back.texts).toEqual(numbered(50))
      })

    it('ICM-05 a peer counts what was refused, and reports who refused it, unless its transport does not receive that', async () => {
      const rig = new Rig(transport, family)
      const dead = rig.deadAddress()
      const peer = await rig.begin(postboxPeer, dead)
      if (peer.peer.stats.refused === undefined) {
        peer.put('lost')
        await eventually(() => peer.peer.stats.sent === 1)
        await quiet()
        expect(peer.reports.length).toBe(0)
        expect(peer.peer.stats.refused).toBeUndefined()
        return
      }
      for (let i = 1; i <= 5; i++) {
        peer.put('lost')
        const [report] = await peer.reported(1)
        expect(report).toMatchObject({
          code: 'REFUSED',
          message: `${formatAddress(dead)} refused a datagram: no program listens on that port`,
          address: dead[0],
          port: dead[1],
          cause: { code: 'ECONNREFUSED' },
        })
        expect(peer.peer.stats).toMatchObject({ sent: i, refused: i, receiveErrors: 0, failed: {} })
      }
    })

    it('ICM-03 1000 sends to an unroutable address do not stop the peer', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const peer = await rig.begin(postboxPeer)
      for (const text of numbered(1000)) {
        peer.inbox.deliver([nowhere(family), 9, 'lost'])
        peer.inbox.deliver([...endpoint.address, text])
        if (Number(text) % 50 === 49) {
          await endpoint.received(Number(text) + 1)
          await endpoint.send(peer.address, text)
        }
      }
      expect(endpoint.texts).toEqual(numbered(1000))
      expect((await peer.received(20)).length).toBe(20)
      const { sent, failed } = peer.peer.stats
      expect([sent, sum(failed), peer.reports.length]).toEqual([1000, 1000, 1000])
      for (const report of peer.reports)
        expect(report).toMatchObject({ code: 'SEND_FAILED', address: nowhere(family), port: 9 })
      expect(peer.peer.ended).toBe(false)
    })
  })
}
