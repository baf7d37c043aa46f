import type { DatagramTransport } from '@udpng/basic-peer'
import { shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { endpointAt } from '../rig/endpoint.js'
import { kinds, postboxPeer, udpSender } from '../rig/kinds.js'
import { label, loopback, Rig } from '../rig/rig.js'
import type { Supports } from '../supports.js'
import { receiveTtls } from '../system/ttls.js'

/** Options that an open peer changes. No tests for a transport that is not capable of it. */
export function describeChangedOptions(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  if (!transport.capabilities?.includes('setOptions')) return

  describe(`changed options: ${label(transport, family)}`, () => {
    for (const kind of kinds)
      it(`ADR-11 ${kind.name}: invalid options are refused, and change nothing`, async () => {
        const rig = new Rig(transport, family)
        const { peer } = await rig.begin(kind, [rig.host, 9])
        for (const options of [{ ttl: 0 }, { port: 1 }, { multicast: { groups: [] } }, 7])
          expect(() => peer.setOptions(options as object)).toThrow(
            expect.objectContaining({ code: 'BAD_OPTION' }),
          )
        expect(() => peer.setOptions({ multicast: { interface: 'udpng9' } })).toThrow(
          expect.objectContaining({
            code: 'OPTION_FAILED',
            message: expect.stringContaining('no interface udpng9'),
            component: peer.name,
          }),
        )
        peer.setOptions({})
        peer.control.deliver(shutdownMicroprocess())
        await eventually(() => peer.ended, 'its end')
        expect(() => peer.setOptions({})).toThrow(expect.objectContaining({ code: 'NOT_BOUND' }))
      })

    it('ADR-11 before it is bound, a peer cannot change options', () => {
      expect(() => new UDPSender({ transport, receiverPort: 9 }).setOptions({ ttl: 3 })).toThrow(
        expect.objectContaining({ code: 'NOT_BOUND' }),
      )
    })

    if (family === 4)
      it.each([postboxPeer, udpSender])(
        'ADR-11 broadcast of an open $name is enabled and disabled',
        async (kind) => {
          const broadcast = '127.255.255.255'
          const rig = new Rig(transport, family)
          const end = endpointAt(transport, 4, '0.0.0.0')
          const subject = await rig.begin(kind, [broadcast, end.address[1]], {
            localAddr: '0.0.0.0',
          })
          subject.peer.setOptions({ broadcast: true })
          subject.put('true')
          await eventually(() => subject.peer.stats.sent === 1, 'it is sent')
          subject.peer.setOptions({ broadcast: false })
          subject.put('false')
          await subject.reported(1)
          expect(subject.peer.stats).toMatchObject({ sent: 1, failed: { EACCES: 1 } })
          await end.received(1)
          expect(end.texts).toEqual(['true'])
        },
      )

    if (supports.system)
      it('ADR-11 ttl of an open peer applies to what it sends from then on', async () => {
        const { port, ttls } = await receiveTtls(family)
        const rig = new Rig(transport, family)
        const subject = await rig.begin(postboxPeer, [loopback(family), port], { ttl: 9 })
        for (const ttl of [9, 200, 1]) {
          if (ttl !== 9) subject.peer.setOptions({ ttl })
          subject.put('x')
          await eventually(() => ttls.at(-1) === ttl, `ttl ${ttl}`)
        }
        expect(ttls).toEqual([9, 200, 1])
      })
  })
}
