import {
  type Clock,
  type Control,
  Inbox,
  link,
  type Outbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { TargettedPeer } from '@udpng/peers'
import {
  type Fate,
  HandLookup,
  type Kind,
  kinds,
  ScriptedTransport,
  sum,
  systemError,
} from '@udpng/transport-tests/tools'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** A clock that moves at once on request. */
class StepClock implements Clock {
  #now = 0
  readonly #timers = new Map<() => void, number>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    this.#timers.set(callback, this.#now + ms)
    return () => this.#timers.delete(callback)
  }

  advance(ms: number): void {
    this.#now += ms
    for (const [callback, due] of [...this.#timers])
      if (due <= this.#now && this.#timers.delete(callback)) callback()
  }

  get pending(): number {
    return this.#timers.size
  }
}

/** What can happen to a peer, in any order. */
const happenings = [
  'step',
  'put',
  'put bad',
  'target',
  'arrive',
  'receive error',
  'take',
  'notices',
  'writable',
  'answer',
  'no answer',
  'outcome',
  'bad outcome',
  'time',
  'finish',
] as const
type Happening = (typeof happenings)[number]

const happening = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...happenings) },
  { weight: 1, arbitrary: fc.constant<Happening>('step') },
)
const before = fc.array(fc.tuple(happening, fc.nat(20)), { maxLength: 40 })
const after = fc.array(fc.tuple(happening, fc.nat(20)), { maxLength: 15 })
const settings = fc.record({
  kind: fc.constantFrom<Kind>(...kinds),
  drains: fc.boolean(),
  lingerMs: fc.constantFrom(0, 50),
  byName: fc.boolean(),
  refused: fc.nat(19).map((n) => n === 0),
  credit: fc.constantFrom(0, 1, 5, Infinity),
  fate: fc.constantFrom<'sent' | 'pending' | 'refused' | 'mixed'>(
    'sent',
    'pending',
    'refused',
    'mixed',
  ),
  capacity: fc.constantFrom(1, 3, Infinity),
})

describe('interleavings', () => {
  it('SHD-06 a shutdown among anything else, 5000 times: one close, one last word, nothing late, all counted', () => {
    fc.assert(
      fc.property(settings, before, after, (options, first, rest) => {
        const { kind, drains, lingerMs, byName, refused, credit, fate, capacity } = options
        const net = new ScriptedTransport('by hand')
        if (refused) net.refusal = systemError('EADDRINUSE', 'bind')
        net.prepare = (socket) => {
          socket.credit = credit
          socket.fate = (_, n): Fate => {
            const one = fate === 'mixed' ? (['sent', 'pending', 'refused'] as const)[n % 3] : fate
            return one === 'refused' ? systemError('ENETUNREACH') : (one ?? 'sent')
          }
        }
        const names = new HandLookup()
        const to = [byName ? 'name.test' : '127.0.0.1', 1500] as const
        const clock = new StepClock()
        const scheduler = new Scheduler({ clock, onFailure: 'isolate' })
        const peer = kind.create(
          {
            transport: net,
            lookup: names.lookup,
            lookupTtlMs: 100,
            onProducerFinished: drains ? 'drain' : 'ignore',
            lingerMs,
          },
          to,
        )
        const { inbox, outbox } = peer as unknown as Boxes
        const got = new Inbox<Datagram>('Received', { capacity })
        const said = new Inbox<Control>('Said')
        if (outbox) link(outbox, got)
        link(peer.signal, said)
        scheduler.activate(peer)
        let put = 0
        let arrived = 0
        let badTargets = 0

        const happen = (what: Happening, n: number): void => {
          const [socket] = net.sockets
          if (what === 'step') scheduler.step()
          else if (what === 'put')
            for (let i = 0; i < n * 20; i++) inbox?.deliver(kind.message(`${put++}`, to))
          else if (what === 'put bad') inbox?.deliver(kind.message(n, to))
          else if (what === 'target' && peer instanceof TargettedPeer) {
            if (n < 3) badTargets++
            peer.target.deliver(n < 3 ? ['', 0] : ['127.0.0.1', 1000 + n])
          } else if (what === 'arrive' && socket && !socket.closed) {
            arrived += n
            for (let i = 0; i < n; i++) socket.arrive([Buffer.from(`${i}`), ['127.0.0.1', 9]])
          } else if (what === 'receive error') socket?.failRead(systemError('ENOBUFS', 'recvmsg'))
          else if (what === 'take') for (let i = 0; i <= n; i++) got.recv()
          else if (what === 'notices') socket?.tell()
          else if (what === 'writable') {
            if (!socket) return
            socket.credit = n
            socket.tell()
          } else if (what === 'answer') names.answer('name.test', '127.0.0.1')
          else if (what === 'no answer') names.answer('name.test', new Error('not found'))
          else if (what === 'outcome') socket?.settle(n)
          else if (what === 'bad outcome') socket?.settle(n, systemError('EHOSTUNREACH'))
          else if (what === 'time') clock.advance(n * 10)
          else if (what === 'finish') peer.control.deliver(producerFinished())
        }

        for (const [what, n] of first) happen(what, n)
        const endedBefore = peer.ended
        const saidBefore = said.length
        const word = shutdownMicroprocess({ cause: 'the test' })
        peer.control.deliver(word)
        for (const [what, n] of rest) happen(what, n)
        for (let i = 0; i < 5; i++) scheduler.step()
        const [socket] = net.sockets
        // It waits for what the system has in hand, and for nothing else.
        if (!peer.ended) expect(socket?.pending).toBeGreaterThan(0)
        socket?.settle(1, systemError('ECANCELED'))
        socket?.settle()
        for (let i = 0; i < 5; i++) scheduler.step()

        expect(peer.ended).toBe(true)
        expect(net.sockets.length).toBe(refused || !socket ? 0 : 1)
        const emitted = got.delivered
        const sends = socket?.sends
        for (const [what, n] of rest) happen(what, n)
        names.answer('name.test', '127.0.0.1')
        scheduler.step()
        expect(got.delivered).toBe(emitted)
        expect(socket?.sends).toBe(sends)
        expect(socket?.closed ?? true).toBe(true)
        expect(socket?.afterClose ?? 0).toBe(0)
        expect(socket?.pending ?? 0).toBe(0)
        const numbers = socket?.taken.map(({ data }) => Number(String(data))) ?? []
        expect(numbers.every((n, i) => i === 0 || n > (numbers[i - 1] as number))).toBe(true)

        // One word: that of a drain that was through before, or of a failed bind, or the one it was sent.
        expect(said.length).toBe(1)
        const last = said.recv()
        if (refused) expect(last).toMatchObject({ cause: { code: 'BIND_FAILED' } })
        else if (endedBefore || saidBefore) expect(last).toEqual(producerFinished())
        else if (last?.kind === 'shutdownMicroprocess') expect(last).toBe(word)
        else expect(drains || kind.name === 'UDPSender').toBe(true)

        const { sent, failed, dropped, received } = peer.stats
        const { BAD_ADDRESS = 0, ...other } = failed
        if (inbox)
          expect(sent + sum(other) + dropped.unsent + dropped.lookupQueueFull).toBe(inbox.delivered)
        expect(BAD_ADDRESS).toBeLessThanOrEqual(badTargets)
        expect(received).toBe(outbox ? emitted : 0)
        expect(received + dropped.unread).toBe(arrived)
        expect(got.length).toBeLessThanOrEqual(capacity)
        // Its Selector has ended with it, and no timer is left.
        expect(scheduler.snapshot().components).toEqual([])
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 5000 },
    )
  })
})

interface Boxes {
  readonly inbox?: Inbox<unknown>
  readonly outbox?: Outbox<Datagram>
}
