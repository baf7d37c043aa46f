import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { type Endpoint, endpointAt } from '../rig/endpoint.js'
import { kinds as allKinds, type Kind } from '../rig/kinds.js'
import { label, Rig } from '../rig/rig.js'

/** A broadcast needs the option `broadcast`. IPv4 only. */
export function describeBroadcast(
  transport: DatagramTransport,
  family: 4,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const endpoint = (of: Family, at: string): Endpoint => endpointAt(transport, of, at)

  describe(`broadcast: ${label(transport, family)}`, () => {
    const broadcast = '127.255.255.255'

    for (const kind of senders)
      it(`ADR-10 ${kind.name}: without broadcast, a broadcast is reported as EACCES`, async () => {
        const rig = new Rig(transport, family)
        const end = endpoint(4, '0.0.0.0')
        const subject = await rig.begin(kind, [broadcast, end.address[1]], {
          localAddr: '0.0.0.0',
        })
        subject.put('to all')
        const [report] = await subject.reported(1)
        expect(report).toMatchObject({ code: 'SEND_FAILED', address: broadcast })
        expect(report?.cause).toMatchObject({ code: 'EACCES' })
        expect(subject.peer.stats.failed).toEqual({ EACCES: 1 })
        expect(end.got).toEqual([])
      })

    for (const kind of senders)
      it(`ADR-10 ${kind.name}: with broadcast, it is delivered`, async () => {
        const rig = new Rig(transport, family)
        const end = endpoint(4, '0.0.0.0')
        const options = { localAddr: '0.0.0.0', broadcast: true }
        const subject = await rig.begin(kind, [broadcast, end.address[1]], options)
        subject.put('to all')
        await end.received(1)
        expect(end.texts).toEqual(['to all'])
        expect(subject.peer.stats.failed).toEqual({})
      })
  })
}
