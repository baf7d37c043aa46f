import type { DatagramTransport } from '@udpng/basic-peer'
import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { udpSender } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'

/** What UDPSender does with what it gets. */
export function describeUDPSender(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)

  describe(`UDPSender: ${label(transport, family)}`, () => {
    it('SND-01 it sends each message as one datagram, from a port that the system picks', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [one, two] = [
        await rig.begin(udpSender, endpoint.address),
        await rig.begin(udpSender, endpoint.address),
      ]
      expect(one.address[1]).toBeGreaterThan(0)
      expect(one.address[1]).not.toBe(two.address[1])
      one.put('one', 'more')
      await endpoint.received(2)
      two.put('two')
      await endpoint.received(3)
      expect(endpoint.got.map(([data, from]) => [String(data), from])).toEqual([
        ['one', [host, one.address[1]]],
        ['more', [host, one.address[1]]],
        ['two', [host, two.address[1]]],
      ])
    })

    it('SND-02 on producerFinished it sends all that waits, says producerFinished, then closes', async () => {
      const rig = new Rig(transport, family)
      const receiver = rig.endpoint({ recvBufferSize: 1 << 20 })
      const sender = await rig.begin(udpSender, receiver.address)
      sender.put(...numbered(10_000))
      const word = producerFinished()
      sender.peer.control.deliver(word)
      await eventually(() => sender.said.ready)
      expect(sender.peer.stats).toMatchObject({ sent: 10_000, failed: {}, dropped: { unsent: 0 } })
      const said = await sender.ended()
      expect(said).toEqual([producerFinished()])
      expect(said[0]).not.toBe(word)
      expect(rig.transport.living).toBe(1)
      await receiver.received(10_000)
      expectWithin(receiver.kernelDrops, receiver.missing(numbered(10_000)))
    })

    it('SND-03 messages that arrive during the drain are sent, too', async () => {
      const rig = new Rig(transport, family)
      const names = new HandLookup()
      const endpoint = rig.endpoint()
      const to = ['slow.test', endpoint.address[1]] as const
      const sender = await rig.begin(udpSender, to, { lookup: names.lookup })
      sender.put(...numbered(100))
      sender.peer.control.deliver(producerFinished())
      await quiet()
      sender.put('one', 'more')
      await quiet()
      expect(sender.peer.ended).toBe(false)
      names.answer('slow.test', host)
      expect(await sender.ended()).toEqual([producerFinished()])
      await endpoint.received(102)
      expect(endpoint.texts).toEqual([...numbered(100), 'one', 'more'])
    })

    it('SND-03 with nothing queued it ends at once', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const sender = await rig.begin(udpSender, [host, 9])
      sender.peer.control.deliver(producerFinished())
      expect(await sender.ended()).toEqual([producerFinished()])
      expect([clock.now(), clock.pending]).toEqual([0, 0])
    })

    it('SND-04 shutdownMicroprocess during the drain ends it, the rest is counted exactly', async () => {
      for (const turns of [0, 1, 2, 5]) {
        const rig = new Rig(transport, family)
        const sender = await rig.begin(udpSender, rig.endpoint().address)
        // More than the fastest transport sends in so few turns.
        for (let i = 0; i < 200_000; i++) sender.put(`${i}`)
        sender.peer.control.deliver(producerFinished())
        await quiet(turns)
        const word = shutdownMicroprocess()
        sender.peer.control.deliver(word)
        const said = await sender.ended()
        expect(said.length).toBe(1)
        expect(said[0]).toBe(word)
        const { sent, dropped } = sender.peer.stats
        expect(sent + dropped.unsent).toBe(200_000)
        if (turns < 2) expect(dropped.unsent).toBeGreaterThan(0)
      }
    })

    it('SND-05 a destination that refuses every datagram does not hang the drain', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const sender = await rig.begin(udpSender, rig.deadAddress())
      sender.put(...numbered(1000))
      sender.peer.control.deliver(producerFinished())
      expect(await sender.ended()).toEqual([producerFinished()])
      expect(sender.accounted).toBe(1000)
      expect(sender.peer.stats.dropped.unsent).toBe(0)
      expect(clock.now()).toBe(0)
    })
  })
}
