import type { BasicPeer, DatagramTransport } from '@udpng/basic-peer'
import {
  type Control,
  Inbox,
  link,
  type Outbox,
  producerFinished,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Datagram, Family } from '@udpng/datagram'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { kinds as allKinds, type Kind, udpSender } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'
import { describeDrain } from './drain.js'
import { MOMENTS } from './shutdown-moments.js'

/** Peers end on a control message, at any time, leave nothing open, and send one last message. */
export function describeShutdown(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const receivers = kinds.filter((kind) => kind.receives)

  describe(`shutdown: ${label(transport, family)}`, () => {
    for (const kind of kinds)
      it(`SHD-01 shutdownMicroprocess ends ${kind.name} at any time: it is passed on, the socket is closed`, async () => {
        for (const [moment, applies, begin] of MOMENTS) {
          if (!applies(kind)) continue
          const rig = new Rig(transport, family)
          const subject = await begin(kind, rig)
          const others = rig.transport.living - (subject.peer.address ? 1 : 0)
          const word = shutdownMicroprocess({ cause: moment })
          subject.peer.control.deliver(word)
          if (!subject.peer.name.includes('#')) rig.activate(subject.peer)
          const said = await subject.ended()
          expect(said.length, moment).toBe(1)
          expect(said[0], moment).toBe(word)
          expect(rig.transport.living, moment).toBe(others)
          for (const socket of rig.transport.sockets) expect(socket.afterClose, moment).toBe(0)
        }
      })

    for (const kind of senders)
      it(`SHD-02 what is queued in ${kind.name} is then not sent, and counted`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const subject = await rig.begin(kind, endpoint.address)
        subject.put(...numbered(100))
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        await quiet()
        expect(endpoint.got.length).toBe(0)
        expect(subject.peer.stats).toMatchObject({ sent: 0, dropped: { unsent: 100 } })
        // What is put in later is counted, too.
        subject.put('too late')
        expect(subject.peer.stats.dropped.unsent).toBe(101)
      })

    for (const kind of receivers)
      it(`SHD-02 datagrams that ${kind.name} has not read are then not delivered, and counted`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, undefined, { capacity: 10 })
        await rig.endpoint().send(subject.address, ...numbered(50))
        await quiet()
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        await quiet()
        expect([...subject.got].map(([data]) => String(data))).toEqual(numbered(10))
        expect(subject.peer.stats).toMatchObject({ received: 10, dropped: { unread: 40 } })
      })

    for (const kind of kinds.filter(({ name }) => name !== udpSender.name))
      it(`SHD-03 ${kind.name} neither ends on producerFinished nor passes it on`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const subject = rig.make(kind, endpoint.address)
        subject.peer.control.deliver(producerFinished())
        await rig.start(subject)
        subject.peer.control.deliver(producerFinished())
        await quiet()
        if (kind.sends) {
          subject.put('still sending')
          await endpoint.received(1)
        }
        await endpoint.send(subject.address, 'still receiving')
        expect(await subject.texts(1)).toEqual(['still receiving'])
        expect(subject.said.length).toBe(0)
        expect(subject.peer.ended).toBe(false)
      })

    it('SHD-06 a hundred starts and ends at random moments leave the descriptors as they were', async () => {
      const before = openSockets()
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const open = openSockets()
      let seed = 1
      const random = (n: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
        return (seed >>> 8) % n
      }
      for (let round = 0; round < 100; round++) {
        const kind = kinds[random(kinds.length)] as Kind
        const names = new HandLookup()
        const to = random(2) ? endpoint.address : (['name.test', endpoint.address[1]] as const)
        const subject = rig.make(kind, to, {
          lookup: names.lookup,
          onProducerFinished: 'drain',
        })
        const act = [
          () => kind.sends && subject.put(...numbered(random(300))),
          () => subject.peer.address && endpoint.send(subject.address, ...numbered(random(10))),
          () => names.answer('name.test', random(2) ? rig.host : new Error('not found')),
          () => subject.peer.control.deliver(producerFinished()),
          () => quiet(1),
        ]
        if (random(2)) await act[random(act.length)]?.()
        rig.activate(subject.peer)
        for (let i = random(6); i > 0; i--) await act[random(act.length)]?.()
        const word = shutdownMicroprocess()
        subject.peer.control.deliver(word)
        const said = await subject.ended()
        expect(said.length).toBe(1)
        const { delivered } = subject.got
        names.answer('name.test', rig.host)
        await quiet(2)
        expect(subject.got.delivered).toBe(delivered)
        if (kind.sends) expect(subject.accounted).toBe(subject.inbox.delivered)
      }
      await eventually(
        () => openSockets() === open,
        () => `${openSockets()} sockets instead of ${open}`,
      )
      endpoint.close()
      await eventually(() => openSockets() === before)
      expect(rig.transport.living).toBe(0)
      for (const socket of rig.transport.sockets) expect(socket.afterClose).toBe(0)
    })

    for (const kind of kinds)
      for (const finishes of [false, true])
        it(`CTL-03 the last word of ${kind.name} is ${finishes ? 'a new producerFinished' : 'the shutdownMicroprocess it got, cause and all'}`, async () => {
          const rig = new Rig(transport, family)
          const endpoint = rig.endpoint()
          const subject = kind.create(
            { ...rig.local, onProducerFinished: 'drain' },
            endpoint.address,
          )
          const words = new Inbox<Control | Datagram | Error>('All it sends', {
            capacity: Infinity,
          })
          for (const outbox of outboxesOf(subject)) link(outbox, words)
          rig.activate(subject)
          const address = await subject.bound
          if (kind.receives) {
            await endpoint.send(address, ...numbered(5))
            await eventually(() => words.length === 5)
          }
          const { inbox } = subject as unknown as { inbox?: Inbox<unknown> }
          for (let i = 0; i < 5; i++) inbox?.deliver(kind.message(i, endpoint.address))
          if (finishes) inbox?.deliver(kind.message('last', endpoint.address))
          else await eventually(() => words.length >= (inbox ? 5 : 0))
          const word = finishes
            ? producerFinished()
            : shutdownMicroprocess({ cause: new Error('why') })
          subject.control.deliver(word)
          await eventually(() => subject.ended)
          await quiet()
          const all = [...words]
          expect(all.at(-1)).toEqual(word)
          expect(all.at(-1) === word).toBe(!finishes)
          expect(all.filter((one) => 'kind' in one).length).toBe(1)
          expect(all.filter((one) => one instanceof Error).length).toBe(inbox ? 5 : 0)
        })
  })
  describeDrain(transport, family, kinds)
}

function outboxesOf(peer: BasicPeer): Outbox<never>[] {
  const { outbox } = peer as unknown as { outbox?: Outbox<never> }
  const always = [peer.signal, peer.errors] as unknown as Outbox<never>[]
  return outbox ? [...always, outbox] : always
}
