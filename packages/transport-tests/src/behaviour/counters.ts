import {
  type Bounds,
  type DatagramTransport,
  exactly,
  type PeerStats,
  sumOfBounds,
} from '@udpng/basic-peer'
import { shutdownMicroprocess } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { HandLookup } from '../rig/hand-lookup.js'
import { kinds as allKinds, type Kind, udpSender } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig, sum } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'

/** Every datagram is counted once. */
export function describeCounters(
  transport: DatagramTransport,
  family: Family,
  kinds: readonly Kind[] = allKinds,
): void {
  const senders = kinds.filter((kind) => kind.sends)
  const receivers = kinds.filter((kind) => kind.receives)

  describe(`counters: ${label(transport, family)}`, () => {
    for (const kind of receivers)
      it(`STA-01 ACC-05 ${kind.name} with a slow reader, under flood: received + dropped = sent`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, undefined, { capacity: 20 })
        const sender = await rig.begin(udpSender, subject.address)
        for (let round = 0; round < 20; round++) {
          sender.put(...numbered(500))
          await quiet(3)
          for (let i = 0; i < 5 * round; i++) subject.got.recv()
          expect(accountOf(subject.peer).unaccounted).toBe(0)
          expect(accountOf(sender.peer).unaccounted).toBe(0)
        }
        await eventually(() => sender.peer.stats.sent === 10_000)
        // The reader does not take all: what is left over is counted at the end.
        await quiet()
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        const { received } = subject.peer.stats
        expect(received).toBe(subject.got.delivered)
        expect(received).toBeLessThan(10_000)
        expectWithin(droppedOnArrival(subject.peer.stats), 10_000 - received)
        const { entered, dropped, unaccounted } = accountOf(subject.peer)
        const { unread, readBufferFull } = subject.peer.stats.dropped
        expect([entered, unaccounted]).toEqual([received + unread + readBufferFull, 0])
        expect({ unread: 0, readBufferFull: 0, ...dropped }).toMatchObject({
          unread,
          readBufferFull,
        })
      })

    it('STA-01 a peer that emits nothing counts what arrives as unread', async () => {
      const rig = new Rig(transport, family)
      const sender = await rig.begin(udpSender)
      const to = [rig.host, sender.address[1]] as const
      await rig.endpoint().send(to, ...numbered(100))
      await eventually(() => sender.peer.stats.dropped.unread === 100)
      expect(sender.peer.stats.received).toBe(0)
    })

    for (const kind of senders)
      it(`STA-02 ACC-05 every message taken from the inbox of ${kind.name} is counted once, or in the send buffer`, async () => {
        const rig = new Rig(transport, family)
        const names = new HandLookup()
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const to = ['name.test', endpoint.address[1]] as const
        const subject = await rig.begin(kind, to, { lookup: names.lookup })
        const rest = (): number => rig.box(subject.peer, 'inbox').taken - subject.accounted
        for (let round = 0; round < 30; round++) {
          const good = numbered(100)
          subject.put(
            ...good.flatMap((text, i) => (i % 10 === 0 ? [text, i, 'x'.repeat(1e5)] : [text])),
          )
          if (round === 10) names.answer('name.test', rig.host)
          await quiet(1)
          expect(rest()).toBeGreaterThanOrEqual(0)
          // 1024 letters that wait for a name, 256 in the send buffer, and as many in the system's hands.
          expect(rest()).toBeLessThanOrEqual(1024 + 2 * 256)
          expect(accountOf(subject.peer)).toMatchObject({ unaccounted: 0 })
        }
        await eventually(() => subject.inbox.length === 0 && rest() === 0)
        const { sent, failed, dropped } = subject.peer.stats
        expect(sent + sum(failed) + dropped.lookupQueueFull).toBe(30 * 120)
        expect(failed).toEqual({ BAD_MESSAGE: 300, TOO_LARGE: 300 })
        expect(subject.reports.length).toBe(600)
        await endpoint.received(sent)
        subject.put('one', 'more')
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        expect(subject.accounted).toBe(subject.inbox.delivered)
        expect(accountOf(subject.peer)).toMatchObject({ waiting: 0, unaccounted: 0 })
      })

    for (const kind of kinds)
      it(`STA-03 the stats of ${kind.name} can be read before, while and after it runs`, async () => {
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint()
        const subject = rig.make(kind, endpoint.address, { capacity: 1 })
        const before = subject.peer.stats
        expect(before).toEqual({
          received: 0,
          receivedBytes: 0,
          sent: 0,
          sentBytes: 0,
          failed: {},
          dropped: { unsent: 0, unread: 0, readBufferFull: 0, lookupQueueFull: 0, foreign: 0 },
          receiveErrors: 0,
          refused: undefined,
          lostReports: 0,
          kernelDrops: undefined,
        })
        await rig.start(subject)
        const [, port] = subject.address
        await endpoint.send([rig.host, port], ...numbered(10))
        await quiet()
        if (kind.sends) {
          subject.put('hello')
          await endpoint.received(1)
          await eventually(() => subject.peer.stats.sent === 1)
          expect(subject.peer.stats).toMatchObject({ sent: 1, sentBytes: 5 })
        }
        if (kind.receives)
          expect(subject.peer.stats).toMatchObject({ received: 1, receivedBytes: 1 })
        // What was read is a copy: it neither changes nor can be used to change anything.
        expect(before.sent).toBe(0)
        const stats = subject.peer.stats as PeerStats
        stats.sent = 77
        stats.dropped.unsent = 77
        if (kind.sends) subject.put(...numbered(7))
        subject.peer.control.deliver(shutdownMicroprocess())
        await subject.ended()
        const { sent, dropped } = subject.peer.stats
        expect(sent).toBe(kind.sends ? 1 : 0)
        expect(dropped).toMatchObject({
          unsent: kind.sends ? 7 : 0,
          unread: kind.receives ? 9 : 10,
        })
      })

    it('STA-03 a peer that was closed before its first step counts what waited', () => {
      const rig = new Rig(transport, family)
      for (const kind of senders) {
        const subject = rig.make(kind, [rig.host, 9])
        subject.put(...numbered(10))
        rig.activate(subject.peer)
        rig.scheduler.stop()
        expect(subject.peer.ended).toBe(true)
        expect(subject.peer.stats).toMatchObject({ sent: 0, dropped: { unsent: 10 } })
      }
    })
  })
}

/** Datagrams that came to a socket and not out of its peer. */
export function droppedOnArrival({ dropped, kernelDrops }: PeerStats): Bounds {
  return sumOfBounds([exactly(dropped.unread + dropped.readBufferFull), kernelDrops])
}
