import { spawnSync } from 'node:child_process'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postboxPeer } from '../rig/kinds.js'
import { label, numbered, Rig } from '../rig/rig.js'

/** An interface of this test's own, its address, and one beyond it. */
const LINK = 'udpng8'
const HERE: Readonly<Record<Family, string>> = { 4: '10.98.0.1', 6: 'fd98::1' }
const THERE: Readonly<Record<Family, string>> = { 4: '10.98.0.2', 6: 'fd98::2' }
/** Addresses that nothing leads to. */
const NOWHERE: Readonly<Record<Family, string>> = { 4: '240.0.0.1', 6: '100::1' }

/** Where no route leads: to be run in a network namespace that has no default route. */
export function describeUnroutable(transport: DatagramTransport, family: Family): void {
  const anywhere = { localAddr: family === 6 ? '::' : '0.0.0.0' }

  describe(`unroutable: ${label(transport, family)}`, () => {
    beforeAll(() => ip('link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'udpng9'))
    afterAll(() => ip('link', 'delete', LINK))

    function up(): void {
      ip('link', 'set', 'udpng9', 'up')
      ip('link', 'set', LINK, 'up')
      const nodad = family === 6 ? ['nodad'] : []
      ip('address', 'replace', `${HERE[family]}/${family === 6 ? 64 : 24}`, 'dev', LINK, ...nodad)
    }

    it('ICM-03 1000 sends to an unroutable address do not stop the peer', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const peer = await rig.begin(postboxPeer, undefined, anywhere)
      for (const text of numbered(1000)) {
        peer.inbox.deliver([NOWHERE[family], 9, 'lost'])
        peer.inbox.deliver([...endpoint.address, text])
        if (Number(text) % 50 === 49) await endpoint.received(Number(text) + 1)
      }
      expect(endpoint.texts).toEqual(numbered(1000))
      await eventually(() => peer.accounted === 2000)
      expect(peer.peer.stats).toMatchObject({ sent: 1000, failed: { ENETUNREACH: 1000 } })
      const [report] = await peer.reported(1000)
      expect(report).toMatchObject({
        code: 'SEND_FAILED',
        address: NOWHERE[family],
        port: 9,
        cause: { code: 'ENETUNREACH' },
      })
    })

    it('PER-10 an interface that goes down costs what is sent meanwhile; up again, sending works by itself', async () => {
      up()
      const rig = new Rig(transport, family)
      const to = [THERE[family], 9] as const
      const peer = await rig.begin(postboxPeer, to, anywhere)
      for (let round = 1; round <= 3; round++) {
        peer.put('one', 'more')
        await eventually(() => peer.peer.stats.sent === 2 * round)
        ip('link', 'set', LINK, 'down')
        peer.put('lost')
        const [report] = await peer.reported(1)
        expect(report).toMatchObject({ code: 'SEND_FAILED', address: to[0], port: 9 })
        up()
      }
      expect(peer.accounted).toBe(9)
    })
  })
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}
