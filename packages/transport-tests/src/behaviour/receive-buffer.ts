import { readFileSync } from 'node:fs'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind, simplePeer, udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/** The size of the receive buffer is the one asked for, or a warning names both sizes. */
export function describeReceiveBuffer(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  const host = loopback(family)

  describe(`the receive buffer: ${label(transport, family)}`, () => {
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

      it('ADR-10 a receive buffer of just the limit causes no warning', async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(simplePeer, undefined, { recvBufferSize: most })
        await quiet()
        expect(subject.reports.delivered).toBe(0)
      })
    })
}
