import { execFileSync } from 'node:child_process'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { postboxPeer } from '../rig/kinds.js'
import { label, Rig } from '../rig/rig.js'

/** Datagrams that are larger than the path between two interfaces allows: only for use inside `runInNamespace`. */
export function describeFragments(transport: DatagramTransport, family: Family): void {
  if (!transport.capabilities?.includes('dontFragment')) return
  const [near, far] =
    family === 4 ? ['10.9.0.1', '10.9.0.77'] : ['fe80::1%udpng0', 'fe80::77%udpng0']

  describe(`fragments: ${label(transport, family)}`, () => {
    it('ADR-12 with dontFragment, a datagram that is too large for the path is reported; without, it is fragmented', async () => {
      const mtu = (bytes: number) =>
        execFileSync('ip', ['link', 'set', 'udpng0', 'mtu', `${bytes}`])
      mtu(1280)
      onTestFinished(() => void mtu(1500))
      const rig = new Rig(transport, family)
      const options = { localAddr: near, dontFragment: true }
      const subject = await rig.begin(postboxPeer, [far, 9], options)
      subject.put(Buffer.alloc(1200))
      subject.put(Buffer.alloc(2000))
      const [report] = await subject.reported(1)
      expect(report).toMatchObject({ code: 'TOO_LARGE', address: far })
      expect(report?.cause).toMatchObject({ code: 'EMSGSIZE' })
      expect(subject.peer.stats).toMatchObject({ sent: 1, failed: { EMSGSIZE: 1 } })
      subject.peer.setOptions({ dontFragment: false })
      subject.put(Buffer.alloc(2000))
      await eventually(() => subject.peer.stats.sent === 2, 'it is sent, in fragments')
      expect(subject.peer.stats.failed).toEqual({ EMSGSIZE: 1 })
    })
  })
}
