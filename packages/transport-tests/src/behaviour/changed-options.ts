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
import { receiveHeaders } from '../system/received-headers.js'

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
        const { port, headers } = await receiveHeaders(family)
        const rig = new Rig(transport, family)
        const subject = await rig.begin(postboxPeer, [loopback(family), port], { ttl: 9 })
        for (const ttl of [9, 200, 1]) {
          if (ttl !== 9) subject.peer.setOptions({ ttl })
          subject.put('x')
          await eventually(() => headers.at(-1)?.ttl === ttl, `ttl ${ttl}`)
        }
        expect(headers.map(({ ttl }) => ttl)).toEqual([9, 200, 1])
      })

    const marks: DatagramTransport['capabilities'] = ['trafficClass', 'dontFragment']
    if (!marks.every((mark) => transport.capabilities?.includes(mark)))
      it.each([{ dscp: 46 }, { ecn: 1 }, { dontFragment: true }])(
        'ADR-12 %o is refused by name where the transport cannot set it',
        async (options) => {
          const unsupported = {
            code: 'UNSUPPORTED',
            message: expect.stringMatching(/ cannot .* use the transport "native"$/),
          }
          const all = { transport, family, receiverPort: 9 }
          await expect(new UDPSender({ ...all, ...options }).run()).rejects.toMatchObject({
            code: 'BIND_FAILED',
            cause: unsupported,
          })
          const rig = new Rig(transport, family)
          const { peer } = await rig.begin(postboxPeer, undefined)
          expect(() => peer.setOptions(options)).toThrow(expect.objectContaining(unsupported))
        },
      )
    else if (supports.system)
      it('ADR-12 dscp and ecn are those of the datagrams, and can be changed one by one', async () => {
        const { port, headers } = await receiveHeaders(family)
        const rig = new Rig(transport, family)
        const to = [loopback(family), port] as const
        const subject = await rig.begin(postboxPeer, to, { dscp: 46, ecn: 1, dontFragment: true })
        const changes = [{}, { dscp: 10 }, { ecn: 2 }, { dscp: 0, ecn: 0 }]
        for (const [number, change] of changes.entries()) {
          subject.peer.setOptions(change)
          subject.put('x')
          await eventually(() => headers.length === number + 1, `datagram ${number}`)
        }
        expect(headers.map(({ trafficClass }) => [trafficClass >> 2, trafficClass & 3])).toEqual([
          [46, 1],
          [10, 1],
          [10, 2],
          [0, 0],
        ])
      })
  })
}
