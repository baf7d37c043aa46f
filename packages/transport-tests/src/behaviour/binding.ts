import type { DatagramTransport } from '@udpng/basic-peer'
import { shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, Rig, Subject } from '../rig/rig.js'
import type { Supports } from '../supports.js'
import { describeBindFailures } from './bind-failures.js'

/** What a peer says of its bind, its failure, and its end. */
export function describeBinding(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
  kinds: readonly Kind[] = allKinds,
): void {
  const receivers = kinds.filter((kind) => kind.receives)
  const senders = kinds.filter((kind) => kind.sends)
  const { system } = supports

  describe(`binding: ${label(transport, family)}`, () => {
    for (const kind of kinds)
      it(`BND-01 ${kind.name} opens its socket when it is activated, not when it is made`, async () => {
        const rig = new Rig(transport, family)
        const before = system && openSockets()
        const subject = rig.make(kind, [rig.host, 9])
        await quiet()
        expect(rig.transport.sockets).toEqual([])
        expect(system && openSockets()).toBe(before)
        await rig.start(subject)
        expect(rig.transport.living).toBe(1)
      })

    for (const kind of receivers)
      it(`BND-01 ${kind.name} binds to localAddr and localPort`, async () => {
        const rig = new Rig(transport, family)
        const [host, localPort] = rig.deadAddress()
        const subject = await rig.begin(kind, undefined, { localAddr: host, localPort })
        expect(subject.address).toEqual([host, localPort])
        await rig.endpoint().send([host, localPort], 'here?')
        expect(await subject.texts(1)).toEqual(['here?'])
      })

    for (const kind of receivers)
      it(`BND-01 ${kind.name} is bound to any port of all addresses, if nothing is said`, async () => {
        const rig = new Rig(transport, family)
        const subject = new Subject(kind.create({ transport, family }, undefined))
        await rig.start(subject)
        expect(subject.address[0]).toBe(family === 4 ? '0.0.0.0' : '::')
        await rig.endpoint().send([rig.host, subject.address[1]], 'here?')
        expect(await subject.texts(1)).toEqual(['here?'])
      })

    for (const kind of kinds)
      it(`BND-02 ${kind.name} has no address until it is bound, then the real one`, async () => {
        const rig = new Rig(transport, family)
        const end = rig.endpoint()
        const subject = rig.make(kind, end.address)
        expect(subject.peer.address).toBeUndefined()
        rig.activate(subject.peer)
        expect(subject.peer.address).toBeUndefined()
        const bound = await subject.peer.bound
        expect(subject.peer.address).toEqual(bound)
        expect(bound[1]).toBeGreaterThan(0)
        expect(await subject.peer.bound).toBe(bound)
        if (!kind.sends) return
        subject.put('from where?')
        await end.received(1)
        expect(end.got[0]?.[1][1]).toBe(bound[1])
      })

    for (const kind of kinds)
      it(`BND-05 ${kind.name}: bound rejects when the peer ends before it was bound`, async () => {
        const rig = new Rig(transport, family)
        const { peer } = rig.make(kind)
        rig.scheduler.activate(peer)
        rig.scheduler.stop()
        await expect(peer.bound).rejects.toMatchObject({
          code: 'NOT_BOUND',
          component: peer.name,
          message: `${peer.name} ended before its socket was bound`,
        })
        expect(rig.transport.sockets).toEqual([])
      })

    for (const kind of kinds) {
      it(`TRN-05 ${kind.name} that is asked to shut down before its bind leaves nothing open`, async () => {
        const rig = new Rig(transport, family)
        const subject = rig.make(kind)
        const word = shutdownMicroprocess()
        subject.peer.control.deliver(word)
        await subject.peer.run()
        expect([...subject.said]).toEqual([word])
        expect(rig.transport.living).toBe(0)
      })

      it(`TRN-05 ${kind.name} that is stopped during its bind leaves nothing open`, async () => {
        const rig = new Rig(transport, family)
        const { transport: inner, scheduler } = rig
        const stopping: DatagramTransport = {
          name: inner.name,
          open(options) {
            scheduler.stop()
            return inner.open(options)
          },
        }
        const subject = new Subject(kind.create({ ...rig.local, transport: stopping }, undefined))
        rig.activate(subject.peer)
        await subject.ended()
        await quiet()
        expect(inner.sockets).toHaveLength(1)
        expect(inner.living).toBe(0)
      })
    }

    for (const kind of receivers)
      it(`BND-07 ${kind.name}: after the end, its port can be bound again at once`, async () => {
        const rig = new Rig(transport, family)
        const [, localPort] = rig.deadAddress()
        for (let i = 0; i < 20; i++) {
          const subject = rig.make(kind, undefined, { localPort })
          const run = subject.peer.run()
          expect((await subject.peer.bound)[1]).toBe(localPort)
          subject.peer.control.deliver(shutdownMicroprocess())
          await run
        }
      })

    for (const kind of receivers)
      it(`BND-07 ${kind.name}: after the end, nothing more leaves on outbox`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind)
        const end = rig.endpoint()
        await end.send(subject.address, 'one')
        await subject.received(1)
        await end.send(subject.address, ...Array.from({ length: 50 }, () => 'more'))
        const before = { got: subject.got.delivered, said: subject.said.delivered }
        rig.scheduler.stop()
        expect(subject.peer.ended).toBe(true)
        await quiet()
        expect(subject.got.delivered).toBe(before.got)
        expect(subject.said.delivered).toBe(before.said + 1)
      })

    for (const kind of senders)
      it(`BND-07 ${kind.name}: what it was given last does not trouble its end`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, rig.deadAddress())
        subject.put(...Array.from({ length: 100 }, () => 'to no receiver'))
        await eventually(() => subject.peer.stats.sent > 0, 'a datagram is sent')
        const failures: unknown[] = []
        rig.scheduler.observe((event) => event.kind === 'failed' && failures.push(event.error))
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        await quiet()
        expect(failures).toEqual([])
      })
  })
  describeBindFailures(transport, family, supports, kinds)
}
