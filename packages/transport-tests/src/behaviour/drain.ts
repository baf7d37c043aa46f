import type { DatagramTransport } from '@udpng/basic-peer'
import { producerFinished } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { kinds as allKinds, type Kind, udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'

/** On producerFinished a peer that drains sends what is queued, within its time, and ends. */
export function describeDrain(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const receivers = kinds.filter((kind) => kind.receives)
  const senders = kinds.filter((kind) => kind.sends)

  describe(`drain: ${label(transport, family)}`, () => {
    for (const kind of senders)
      it(`SHD-04 ${kind.name} that drains sends all that is queued, says producerFinished, and ends`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const subject = rig.make(kind, endpoint.address, { onProducerFinished: 'drain' })
        subject.put(...numbered(600))
        const word = producerFinished()
        subject.peer.control.deliver(word)
        rig.activate(subject.peer)
        const [said, ...more] = await subject.ended()
        expect(said).toEqual(word)
        expect(said).not.toBe(word)
        expect(more).toEqual([])
        expect(subject.peer.stats.sent).toBe(600)
        await endpoint.received(600)
        expect(rig.transport.living).toBe(1)
      })

    for (const kind of receivers)
      it(`SHD-04 ${kind.name} that drains goes on receiving for lingerMs after all is sent`, async () => {
        const clock = new ManualClock()
        const rig = new Rig(transport, family, { clock })
        const endpoint = rig.endpoint()
        const options = { onProducerFinished: 'drain', lingerMs: 1000 } as const
        const subject = await rig.begin(kind, endpoint.address, options)
        if (kind.sends) subject.put('question')
        subject.peer.control.deliver(producerFinished())
        await quiet()
        await clock.advance(999)
        await endpoint.send(subject.address, 'reply')
        expect(await subject.texts(1)).toEqual(['reply'])
        expect(subject.said.length).toBe(0)
        await clock.advance(1)
        expect(await subject.ended()).toEqual([producerFinished()])
        expect(endpoint.texts).toEqual(kind.sends ? ['question'] : [])
        expect(clock.pending).toBe(0)
      })

    it('SHD-04 UDPReceiver that drains emits what it has read, then ends', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const options = { onProducerFinished: 'drain', capacity: 10 } as const
      const subject = await rig.begin(udpReceiver, undefined, options)
      await rig.endpoint().send(subject.address, ...numbered(50))
      await eventually(() => subject.got.full)
      await quiet()
      subject.peer.control.deliver(producerFinished())
      await quiet()
      const texts: string[] = []
      while (!subject.peer.ended || subject.got.ready) {
        for (const [data] of subject.got) texts.push(String(data))
        await quiet(2)
      }
      expect(texts).toEqual(numbered(50))
      expect([...subject.said]).toEqual([producerFinished()])
      expect(clock.now()).toBe(0)
    })

    it('SHD-05 a reader that takes nothing bounds the drain of UDPReceiver, too', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const options = { onProducerFinished: 'drain', capacity: 10, drainTimeoutMs: 300 } as const
      const subject = await rig.begin(udpReceiver, undefined, options)
      await rig.endpoint().send(subject.address, ...numbered(50))
      await eventually(() => subject.got.full)
      await quiet()
      subject.peer.control.deliver(producerFinished())
      await clock.advance(299)
      expect(subject.peer.ended).toBe(false)
      await clock.advance(1)
      expect(await subject.ended()).toEqual([producerFinished()])
      expect(subject.peer.stats).toMatchObject({ received: 10, dropped: { unread: 40 } })
    })

    for (const kind of senders)
      it(`SHD-05 ${kind.name} whose receiver's name never resolves ends after drainTimeoutMs, the rest counted`, async () => {
        for (const drainTimeoutMs of [undefined, 0, 300]) {
          const clock = new ManualClock()
          const rig = new Rig(transport, family, { clock })
          const { lookup } = new HandLookup()
          const subject = await rig.begin(kind, ['never.test', 9], {
            lookup,
            onProducerFinished: 'drain',
            ...(drainTimeoutMs !== undefined && { drainTimeoutMs }),
          })
          subject.put(...numbered(20))
          await quiet()
          subject.peer.control.deliver(producerFinished())
          await quiet()
          if (drainTimeoutMs !== 0) {
            await clock.advance((drainTimeoutMs ?? 5000) - 1)
            expect(subject.peer.ended).toBe(false)
            await clock.advance(1)
          }
          expect(await subject.ended()).toEqual([producerFinished()])
          expect(subject.peer.stats).toMatchObject({ sent: 0, dropped: { unsent: 20 } })
        }
      })
  })
}
