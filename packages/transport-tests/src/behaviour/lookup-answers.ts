import type { DatagramTransport, Lookup } from '@udpng/basic-peer'
import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { kinds as allKinds, type Kind, postboxPeer } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, loopback, numbered, Rig } from '../rig/rig.js'

/** Answers of look-ups: failures, their age, and answers that come after the end. */
export function describeLookupAnswers(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const host = loopback(family)

  describe(`answers of look-ups: ${label(transport, family)}`, () => {
    const failures: readonly (readonly [string, Error | string | undefined])[] = [
      ['an error', Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })],
      ['no address', undefined],
      ['an address of the other family', family === 6 ? '127.0.0.1' : '::1'],
      ['something that is not an address', 'localhost'],
    ]
    for (const kind of senders)
      it(`DNS-04 ${kind.name} reports every datagram that waited for a look-up that failed, and asks no more`, async () => {
        for (const [, result] of failures) {
          const rig = new Rig(transport, family)
          const names = new HandLookup()
          const to = ['nowhere.test', 1500] as const
          const sender = await rig.begin(kind, to, { lookup: names.lookup })
          sender.put(...numbered(50))
          await eventually(() => names.asked.length > 0)
          names.answer('nowhere.test', result)
          const reports = await sender.reported(50)
          sender.put(...numbered(50))
          reports.push(...(await sender.reported(50)))
          expect(reports.length).toBe(100)
          for (const report of reports) {
            expect(report).toMatchObject({
              code: 'LOOKUP_FAILED',
              component: sender.peer.name,
              address: 'nowhere.test',
              port: 1500,
            })
            if (result instanceof Error) expect(report.cause).toBe(result)
            else expect(report.message).toContain(`gave no IPv${family} address`)
          }
          expect(names.asked).toEqual(['nowhere.test'])
          expect(sender.peer.stats).toMatchObject({ sent: 0, failed: { LOOKUP_FAILED: 100 } })
        }
      })

    it('DNS-04 a look-up whose promise is rejected has failed', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const lookup: Lookup = async (name, _, answer) => {
        await undefined
        if (name === 'rejects.test') throw new Error('no such name')
        answer(null, host)
      }
      const peer = await rig.begin(postboxPeer, undefined, { lookup })
      peer.inbox.deliver(['rejects.test', endpoint.address[1], 'lost'])
      peer.inbox.deliver(['answers.test', endpoint.address[1], 'first'])
      expect(await peer.reported(1)).toMatchObject([
        { code: 'LOOKUP_FAILED', address: 'rejects.test', cause: { message: 'no such name' } },
      ])
      await endpoint.received(1)
      expect(endpoint.texts).toEqual(['first'])
    })

    it('DNS-04 a look-up that throws has failed; second answers count for nothing', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [, port] = endpoint.address
      const lookup: Lookup = (name, _, answer) => {
        if (name === 'throws.test') throw new Error('no such name')
        answer(null, host)
        answer(new Error('changed its mind'))
        setImmediate(() => answer(null, undefined))
      }
      const peer = await rig.begin(postboxPeer, undefined, { lookup })
      peer.inbox.deliver(['throws.test', port, 'lost'])
      peer.inbox.deliver(['twice.test', port, 'first'])
      expect(await peer.reported(1)).toMatchObject([
        { code: 'LOOKUP_FAILED', address: 'throws.test', cause: { message: 'no such name' } },
      ])
      await endpoint.received(1)
      peer.inbox.deliver(['twice.test', port, 'second'])
      await endpoint.received(2)
      expect(endpoint.texts).toEqual(['first', 'second'])
      expect(peer.reports.length).toBe(0)
    })

    for (const kind of senders)
      it(`DNS-05 ${kind.name} uses a changed answer after the TTL, and not before`, async () => {
        const clock = new ManualClock()
        const rig = new Rig(transport, family, { clock })
        const names = new HandLookup()
        const endpoint = rig.endpoint()
        const to = ['moves.test', endpoint.address[1]] as const
        const sender = await rig.begin(kind, to, { lookup: names.lookup })
        sender.put('before it is known')
        await eventually(() => names.asked.length === 1)
        names.answer('moves.test', new Error('not yet'))
        await sender.reported(1)

        await clock.advance(29_999)
        sender.put('still unknown')
        await sender.reported(1)
        expect(names.asked.length).toBe(1)

        await clock.advance(1)
        sender.put('known now')
        await eventually(() => names.asked.length === 2)
        names.answer('moves.test', host)
        await endpoint.received(1)

        await clock.advance(29_999)
        sender.put('still known')
        await endpoint.received(2)
        expect(names.asked.length).toBe(2)

        await clock.advance(1)
        sender.put('gone')
        await eventually(() => names.asked.length === 3)
        names.answer('moves.test', new Error('gone'))
        await sender.reported(1)
        expect(endpoint.texts).toEqual(['known now', 'still known'])
      })

    it('DNS-05 the TTL can be chosen', async () => {
      const clock = new ManualClock()
      const rig = new Rig(transport, family, { clock })
      const endpoint = rig.endpoint()
      let asked = 0
      const lookup: Lookup = (_, __, answer) => {
        asked++
        answer(null, host)
      }
      const options = { lookup, lookupTtlMs: 10 }
      const peer = await rig.begin(postboxPeer, ['receiver.test', endpoint.address[1]], options)
      for (let i = 1; i <= 5; i++) {
        peer.put('a', 'b')
        await endpoint.received(2 * i)
        expect(asked).toBe(i)
        await clock.advance(10)
      }
    })

    for (const kind of senders)
      for (const how of ['shutdownMicroprocess', 'stop', 'drain'] as const)
        it(`DNS-06 ${kind.name} that ends during a look-up (${how}) counts what waited, and sends nothing later`, async () => {
          const clock = new ManualClock()
          const rig = new Rig(transport, family, { clock })
          const names = new HandLookup()
          const endpoint = rig.endpoint()
          const to = ['slow.test', endpoint.address[1]] as const
          const options = { lookup: names.lookup, onProducerFinished: 'drain' } as const
          const sender = await rig.begin(kind, to, options)
          const socket = rig.transport.sockets.at(-1)
          sender.put(...numbered(20))
          await eventually(() => names.asked.length === 1)
          if (how === 'stop') rig.scheduler.stop()
          else if (how === 'drain') sender.peer.control.deliver(producerFinished())
          else sender.peer.control.deliver(shutdownMicroprocess())
          await quiet()
          if (how === 'drain') await clock.advance(5000)
          await sender.ended()
          expect(sender.peer.stats.dropped.unsent).toBe(20)
          const before = sender.peer.stats
          names.answer('slow.test', host)
          await quiet()
          expect(endpoint.got.length).toBe(0)
          expect(socket).toMatchObject({ taken: 0, afterClose: 0 })
          expect(sender.peer.stats).toEqual(before)
          expect(sender.reports.length).toBe(0)
        })
  })
}
