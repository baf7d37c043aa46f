import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import {
  Component,
  Inbox,
  link,
  type Main,
  producerFinished,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Address, DatagramDetails } from '@udpng/datagram'
import { activeResources, eventually, nothingNew } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Deaf, Probe, Sink } from './probe.js'
import { A, B, C, D, Gate, NOTHING, Rig, Sleeper, Talker } from './rig.js'

const echo = () => new Probe<Buffer>()

describe('a session', () => {
  it('SES-01 each source has a child of its own, made for it by its first datagram; answers go to that source', () => {
    const rig = new Rig(echo)
    const first = rig.send(A, 'a1')
    rig.send(B, 'b1')
    rig.send(A, 'a2')
    rig.step()
    rig.send(B, 'b2')
    rig.step()
    expect(rig.sources).toEqual([A, B])
    expect(rig.made.map(({ got }) => got.map(String))).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ])
    expect(rig.child(0).got[0]).toBe(first)
    const letters = [...rig.letters]
    expect(letters[0]?.[2]).toBe(first)
    expect(letters.map(([host, port, data]) => `${host} ${port} ${data}`)).toEqual([
      '192.0.2.1 1 a1',
      '192.0.2.1 1 a2',
      '192.0.2.2 1 b1',
      '192.0.2.2 1 b2',
    ])
  })

  it('SES-01 a step passes on 64 datagrams; then other components get their turn', () => {
    const rig = new Rig(echo)
    for (let i = 0; i < 130; i++) rig.send(A, `${i}`)
    const seen: number[][] = []
    for (let i = 0; i < 4; i++) {
      rig.step(1)
      seen.push([rig.sessions.inbox.length, rig.made[0]?.got.length ?? 0])
    }
    expect(seen).toEqual([
      [66, 0],
      [2, 0],
      [0, 130],
      [0, 130],
    ])
  })

  it('SES-01 another port is another source; so is another host, IPv6 or a scope', () => {
    const rig = new Rig(echo)
    const sources: Address[] = [
      ['192.0.2.1', 1],
      ['192.0.2.1', 11],
      ['192.0.2.11', 1],
      ['::1', 1],
      ['::ffff:192.0.2.12', 1],
      ['fe80::1%eth0', 1],
      ['fe80::1%eth1', 1],
    ]
    for (const round of [1, 2]) for (const source of sources) rig.send(source, `${round}`)
    rig.step()
    expect(rig.sources).toEqual(sources)
    expect(rig.made.map(({ got }) => got.map(String))).toEqual(sources.map(() => ['1', '2']))
    expect(rig.post.sort()).toEqual(
      sources.flatMap(([host, port]) => [`${host} ${port} 1`, `${host} ${port} 2`]).sort(),
    )
  })

  it('DGM-12 a client is the same however its address is spelled; answers go to the spelling that came first', () => {
    const rig = new Rig(echo)
    const clients: Address[][] = [
      [
        ['192.0.2.1', 1],
        ['::ffff:192.0.2.1', 1],
        ['::FFFF:c000:201', 1],
      ],
      [
        ['2001:DB8:0::1', 1],
        ['2001:db8::1', 1],
        ['2001:0db8:0:0:0:0:0:1%eth0', 1],
      ],
      [
        ['fe80::1%eth0', 1],
        ['FE80::0001%eth0', 1],
      ],
    ]
    for (const _ of [1, 2])
      for (const spellings of clients) for (const spelling of spellings) rig.send(spelling, 'x')
    rig.step()
    expect(rig.sources).toEqual(clients.map(([first]) => first))
    expect(rig.made.map(({ got }) => got.length)).toEqual([6, 6, 4])
    expect(new Set(rig.post)).toEqual(new Set(clients.map(([first = A]) => `${first.join(' ')} x`)))
  })

  it('PER-26 letters leave with the address that the client sent to last, if it can be their source', () => {
    const rig = new Rig(echo)
    const to = (local: string, unicast = true): DatagramDetails => ({
      local,
      unicast,
      interface: 'eth0',
      receivedAt: 1,
      ecn: 0,
    })
    const letters: unknown[] = []
    const [host, port] = A
    const sent: [Address, DatagramDetails?][] = [
      [A, to('10.0.0.1')],
      [A, to('10.0.0.2')],
      [A],
      [A, to('239.1.2.3', false)],
      // Of another kind of socket: the letters go to the first spelling.
      [[`::ffff:${host}`, port], to('::ffff:10.0.0.1')],
    ]
    for (const [source, details] of sent) {
      rig.send(source, 'x', details)
      rig.step()
      letters.push(...[...rig.letters].map(([, , , local]) => local))
    }
    expect(letters).toEqual(['10.0.0.1', '10.0.0.2', undefined, undefined, undefined])
    expect(rig.sources).toEqual([A])
  })

  it('DGM-12 when a session has ended, no spelling of its client leads to it', () => {
    const rig = new Rig(echo)
    for (const _ of [1, 2, 3]) {
      rig.send(['::ffff:192.0.2.1', 1], 'mapped')
      rig.send(['192.0.2.1', 1], 'plain')
      rig.step()
      rig.child(rig.made.length - 1).control.deliver(shutdownMicroprocess())
      rig.step()
    }
    expect(rig.made.map(({ got }) => got.map(String))).toEqual(
      [1, 2, 3].map(() => ['mapped', 'plain']),
    )
    expect(rig.sessions.stats).toMatchObject({ started: 3, ended: 3, passed: 6 })
  })

  it('SES-01 the child may be a pipeline or a graph, and need not send anything', () => {
    const rig = new Rig(([host]) => {
      const part = new Probe<Buffer>()
      if (host === A[0]) return new Pipeline(new Probe<Buffer>(), part)
      if (host === B[0])
        return new Graphline({ part }, { 'self.inbox': 'part.inbox', 'part.outbox': 'self.outbox' })
      return new Sink<Buffer>()
    })
    for (const source of [A, B, C]) rig.send(source, 'hello')
    rig.step()
    expect(rig.post.sort()).toEqual(['192.0.2.1 1 hello', '192.0.2.2 1 hello'])
    expect((rig.child(2) as Sink<Buffer>).got.map(String)).toEqual(['hello'])
    expect(rig.sessions.stats).toMatchObject({ started: 3, ended: 0, received: 3, sent: 2 })
  })
})

describe('the end of an idle session', () => {
  it('SES-02 comes idleMs after the last datagram in either direction, and not before', async () => {
    const rig = new Rig(() => new Talker())
    rig.send(A, 'first')
    rig.step()
    await rig.pass(59_999)
    rig.send(A, 'second')
    rig.step()
    await rig.pass(59_999)
    rig.child(0).says.deliver('still here')
    rig.step()
    await rig.pass(59_999)
    expect([rig.child(0).ended, rig.sessions.stats.ended]).toEqual([false, 0])
    await rig.pass(1)
    expect(rig.child(0).ended).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ started: 1, ended: 1, idle: 1, evicted: 0 })
    rig.send(A, 'again')
    rig.step()
    expect(rig.sources).toEqual([A, A])
  })

  it.each([
    [1, 2],
    [2, 1],
    [1, 1],
    [2, 2],
  ])('SES-02 comes in the order of use, after %i and %i datagrams', async (first, second) => {
    const rig = new Rig(echo, { idleMs: 1000 })
    for (let i = 0; i < first; i++) rig.send(A, 'a')
    rig.step()
    await rig.pass(500)
    for (let i = 0; i < second; i++) rig.send(B, 'b')
    rig.step()
    const seen: boolean[][] = []
    for (const ms of [499, 1, 499, 1]) {
      await rig.pass(ms)
      seen.push(rig.made.map(({ ended }) => ended))
    }
    expect(seen).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ])
  })

  it('SES-02 each has its own time, with one timer for all, and none without sessions', async () => {
    const rig = new Rig(echo, { idleMs: 1000 })
    rig.step()
    expect(rig.clock.pending).toBe(0)
    for (let i = 0; i < 10; i++) {
      for (let port = 1; port <= 10; port++) rig.send([`192.0.2.${i}`, port], 'x')
      rig.step()
      expect(rig.clock.pending).toBe(1)
      await rig.pass(50)
    }
    const { ended } = rig.sessions.stats
    expect(ended).toBe(0)
    for (let i = 1; i <= 10; i++) {
      await rig.pass(i === 1 ? 499 : 49)
      expect(rig.sessions.stats.ended).toBe(10 * (i - 1))
      await rig.pass(1)
      expect(rig.sessions.stats.ended).toBe(10 * i)
    }
    expect(rig.clock.pending).toBe(0)
  })

  it('SES-02 is producerFinished; who does not heed it is shut down a second later, and closed after another', async () => {
    const rig = new Rig(([host]) => (host === A[0] ? new Probe<Buffer>('shutdown') : new Sleeper()))
    rig.send(A, 'a')
    rig.send(B, 'b')
    rig.step()
    await rig.pass(60_000)
    const [probe, sleeper] = rig.made as [Probe<Buffer>, Sleeper]
    expect(probe.told).toEqual([producerFinished()])
    // One timer, which is not due before.
    await rig.clock.advance(999)
    expect(rig.clock.pending).toBe(1)
    rig.step()
    expect(probe.ended).toBe(false)
    await rig.pass(1)
    expect(probe.told[1]).toEqual(shutdownMicroprocess())
    expect(probe.ended).toBe(true)
    await rig.pass(999)
    expect(sleeper.closed).toBe(false)
    await rig.pass(1)
    expect(sleeper.closed).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ started: 2, ended: 2, idle: 2 })
  })

  it('SES-02 with Infinity it never comes', async () => {
    const rig = new Rig(echo, { idleMs: Infinity })
    rig.send(A, 'a')
    rig.step()
    expect(rig.clock.pending).toBe(0)
    await rig.pass(1e12)
    expect(rig.child(0).ended).toBe(false)
  })
})

describe('capacity', () => {
  it('SES-03 a new source takes the place of the least recently used session, which finishes what is queued', () => {
    const rig = new Rig(() => new Gate(), { capacity: 3 })
    for (const source of [A, B, C]) rig.send(source, '1')
    rig.step()
    for (const child of rig.made) child.open()
    rig.step()
    rig.send(A, '2')
    rig.send(B, 'last')
    rig.send(A, '3')
    rig.send(C, '2')
    rig.send(A, '4')
    rig.send(D, '1')
    rig.step()
    expect(rig.made.map(({ ended }) => ended)).toEqual([false, true, false, false])
    expect(rig.child(1).told).toEqual([producerFinished()])
    expect(rig.child(1).got).toEqual(['1', 'last'])
    expect(rig.post).toContain('192.0.2.2 1 last')
    expect(rig.sessions.stats).toMatchObject({ started: 4, ended: 1, evicted: 1, idle: 0 })
  })

  it('SES-03 a letter is a use, too', () => {
    const rig = new Rig(() => new Talker(), { capacity: 2 })
    rig.send(A, 'a')
    rig.step()
    rig.send(B, 'b')
    rig.step()
    rig.child(0).says.deliver('hello')
    rig.step()
    rig.send(C, 'c')
    rig.step()
    expect(rig.made.map(({ ended }) => ended)).toEqual([false, true, false])
  })

  it('SES-03 whose session was evicted gets a new one, also while the old one still ends', async () => {
    const rig = new Rig(() => new Probe<Buffer>('shutdown'), { capacity: 1 })
    rig.send(A, '1')
    rig.step()
    rig.send(B, '1')
    rig.step()
    await rig.pass(999)
    expect(rig.child(0).ended).toBe(false)
    rig.child(1).finish()
    rig.step()
    rig.send(A, '2')
    rig.step()
    expect(rig.sources).toEqual([A, B, A])
    expect(rig.made.map(({ got }) => got.map(String))).toEqual([['1'], ['1'], ['2']])
    await rig.pass(1)
    expect(rig.made.map(({ ended }) => ended)).toEqual([true, true, false])
    rig.send(A, '3')
    rig.step()
    expect(rig.child(2).got.map(String)).toEqual(['2', '3'])
  })

  it('SES-03 a client that continues does not prevent the shutdown a second later', async () => {
    const rig = new Rig(() => new Talker(false), { capacity: 1 })
    rig.send(A, 'a')
    rig.step()
    rig.send(B, 'b')
    rig.step()
    for (let i = 0; i < 10; i++) {
      expect(rig.child(0).ended).toBe(false)
      rig.child(0).says.deliver('not yet')
      rig.step()
      await rig.pass(100)
    }
    expect(rig.made.map(({ ended }) => ended)).toEqual([true, false])
    expect(rig.post).toHaveLength(10)
  })

  it('SES-03 as many again may still be ending: then a newcomer is dropped and counted', async () => {
    const rig = new Rig(() => new Probe<Buffer>('shutdown'), { capacity: 10 })
    for (let port = 1; port <= 100; port++) {
      rig.send([A[0], port], 'x')
      rig.step()
    }
    expect(rig.made.filter(({ ended }) => !ended)).toHaveLength(20)
    expect(rig.sessions.stats).toMatchObject({ started: 20, evicted: 10, dropped: { noRoom: 80 } })
    await rig.pass(1000)
    expect(rig.sessions.stats).toMatchObject({ ended: 10 })
    rig.send(B, 'x')
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ started: 21, evicted: 11, dropped: { noRoom: 80 } })
  })
})

describe('a session whose first datagram has not been taken', () => {
  it('SES-04 is not evicted: the newcomer is dropped and counted', () => {
    const rig = new Rig(() => new Gate(), { capacity: 2 })
    rig.send(A, 'a')
    rig.send(B, 'b')
    rig.send(C, 'c')
    rig.step()
    rig.send(C, 'c')
    rig.step()
    expect(rig.sources).toEqual([A, B])
    expect(rig.sessions.stats).toMatchObject({ evicted: 0, dropped: { noRoom: 2 } })
    rig.child(1).open()
    rig.step()
    rig.send(C, 'c')
    rig.step()
    expect(rig.sources).toEqual([A, B, C])
    expect(rig.made.map(({ told }) => told)).toEqual([[], [producerFinished()], []])
    expect(rig.child(1).got).toEqual(['b'])
  })

  it('SES-04 eight are tried for a newcomer; the next newcomer finds those behind them', () => {
    const rig = new Rig(() => new Gate(), { capacity: 9 })
    for (let port = 1; port <= 9; port++) rig.send([A[0], port], 'x')
    rig.step()
    rig.child(8).open()
    rig.step()
    for (const source of [B, C]) {
      rig.send(source, 'x')
      rig.step()
    }
    expect(rig.sources.slice(9)).toEqual([C])
    expect(rig.child(8).ended).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ evicted: 1, dropped: { ...NOTHING, noRoom: 1 } })
  })

  it('SES-04 does not keep those after it from being evicted, though it was used least recently', () => {
    const rig = new Rig(() => new Gate(), { capacity: 100 })
    for (let port = 1; port <= 100; port++) rig.send([`192.0.2.${port}`, 1], 'x')
    rig.step()
    for (const child of rig.made.slice(7)) child.open()
    rig.step()
    for (let port = 1; port <= 93; port++) {
      rig.send([`198.51.100.${port}`, 1], 'x')
      rig.step()
      for (const child of rig.made.slice(100)) child.open()
      rig.step()
    }
    expect(rig.sessions.stats).toMatchObject({ evicted: 93, dropped: { noRoom: 0 } })
    expect(rig.made.slice(0, 100).filter(({ ended }) => !ended)).toEqual(rig.made.slice(0, 7))
  })

  it('SES-04 is not idle: its time begins anew', async () => {
    const rig = new Rig(() => new Gate(), { idleMs: 1000 })
    rig.send(A, 'a')
    rig.step()
    for (let i = 0; i < 10; i++) await rig.pass(1000)
    expect(rig.child(0).told).toEqual([])
    rig.child(0).open()
    rig.step()
    await rig.pass(1000)
    expect(rig.child(0).got).toEqual(['a'])
    expect(rig.child(0).ended).toBe(true)
  })

  it('SES-04 counts messages that were in the inbox before', () => {
    const rig = new Rig(
      () => {
        const gate = new Gate()
        gate.inbox.deliver(Buffer.from('greeting'))
        return gate
      },
      { capacity: 1 },
    )
    rig.send(A, 'a')
    rig.step()
    rig.child(0).inbox.recv()
    rig.send(B, 'b')
    rig.step()
    expect(rig.sources).toEqual([A])
    rig.child(0).inbox.recv()
    rig.send(B, 'b')
    rig.step()
    expect(rig.sources).toEqual([A, B])
  })

  it('SES-04 but whose inbox is closed will never take it, and may go', async () => {
    // The pipeline lives on, its first stage does not.
    const rig = new Rig(() => new Pipeline(new Deaf(1) as never, new Probe<Buffer>('shutdown')), {
      idleMs: 1000,
    })
    rig.send(A, 'in its inbox')
    rig.step()
    rig.send(A, 'finds it closed')
    rig.step()
    expect(rig.sessions.stats).toMatchObject({
      received: 2,
      passed: 1,
      dropped: { ...NOTHING, unread: 2 },
      undelivered: { ...NOTHING, unread: 1 },
    })
    await rig.pass(1000)
    await rig.pass(1000)
    expect(rig.sessions.stats).toMatchObject({ ended: 1, idle: 1, dropped: { unread: 2 } })
  })
})

describe('a child whose inbox is full', () => {
  it.each(['accept', 'throw', 'dropNewest'] as const)(
    'SES-05 gets no more, with "%s": that is counted, and does not block the others',
    (whenFull) => {
      const rig = new Rig(([host]) => new Gate(host === A[0] ? { capacity: 2, whenFull } : {}))
      for (let i = 1; i <= 5; i++) {
        rig.send(A, `a${i}`)
        rig.send(B, `b${i}`)
        rig.step()
      }
      expect(rig.sessions.stats).toMatchObject({ received: 10, dropped: { sessionFull: 3 } })
      expect(rig.child(0).inbox.length).toBe(2)
      for (const child of rig.made) child.open()
      rig.step()
      expect(rig.made.map(({ got }) => got)).toEqual([
        ['a1', 'a2'],
        ['b1', 'b2', 'b3', 'b4', 'b5'],
      ])
      rig.send(A, 'a6')
      rig.step()
      expect(rig.child(0).got).toEqual(['a1', 'a2', 'a6'])
      rig.child(0).control.deliver(shutdownMicroprocess())
      rig.step()
      expect(rig.sessions.stats.dropped).toEqual({ ...NOTHING, sessionFull: 3 })
    },
  )

  it('SES-05 loses the oldest if its inbox says so', () => {
    const rig = new Rig(() => new Gate({ capacity: 2, whenFull: 'dropOldest' }))
    for (let i = 1; i <= 5; i++) rig.send(A, `a${i}`)
    rig.step()
    rig.child(0).open()
    rig.step()
    expect(rig.child(0).got).toEqual(['a4', 'a5'])
    expect(rig.sessions.stats.dropped).toMatchObject({ sessionFull: 3, unread: 0 })
  })

  it('SES-05 is not used by what it loses: it is ended when its time is over', async () => {
    const rig = new Rig(() => new Gate({ capacity: 2 }), { idleMs: 1000 })
    rig.send(A, 'taken')
    rig.step()
    rig.child(0).inbox.recv()
    for (let i = 0; i < 9; i++) {
      rig.send(A, `${i}`)
      rig.step()
      await rig.pass(150)
    }
    expect(rig.child(0).told).toEqual([producerFinished()])
    expect(rig.sessions.stats).toMatchObject({ idle: 1 })
  })
})

describe('a child that ends', () => {
  it('SES-08 by itself: its last messages leave, its place is free, the next datagram starts a new session', () => {
    const rig = new Rig(echo, { capacity: 1 })
    rig.send(A, '1')
    rig.step()
    rig.child(0).finish(Buffer.from('goodbye'))
    rig.step()
    expect(rig.post).toEqual(['192.0.2.1 1 1', '192.0.2.1 1 goodbye'])
    expect(rig.sessions.stats).toMatchObject({ started: 1, ended: 1 })
    rig.send(A, '2')
    rig.step()
    rig.child(1).finish()
    rig.step()
    rig.send(B, '3')
    rig.step()
    expect(rig.sources).toEqual([A, A, B])
    expect(rig.sessions.stats).toMatchObject({ started: 3, ended: 2, evicted: 0, idle: 0 })
  })

  it('SES-08 and has letters that find no room: they wait, and do not keep a new session from starting', () => {
    const rig = new Rig(echo, {}, { room: 1 })
    rig.send(A, '1')
    rig.send(A, '2')
    rig.step()
    rig.child(0).finish(Buffer.from('goodbye'))
    rig.step()
    expect([rig.child(0).ended, rig.sessions.stats.ended]).toEqual([true, 0])
    rig.send(A, '3')
    rig.step()
    expect(rig.child(1).got.map(String)).toEqual(['3'])
    const post: string[] = []
    for (let i = 0; i < 4; i++) {
      post.push(...rig.post)
      rig.step()
    }
    expect(post.map((text) => text.slice(-1)).sort()).toEqual(['1', '2', '3', 'e'])
    expect(rig.sessions.stats).toMatchObject({ started: 2, ended: 1, dropped: { unsent: 0 } })
  })

  it('SES-08 with a failure, with onFailure "isolate": it ends alone, and what it left unread is counted', () => {
    const rig = new Rig(() => new Probe<Buffer>(), {}, { onFailure: 'isolate' })
    rig.send(A, '1')
    rig.send(B, '1')
    rig.step()
    rig.child(0).fail(new Error('no such luck'))
    rig.step()
    rig.send(A, '2')
    rig.send(B, '2')
    rig.step()
    expect(rig.sources).toEqual([A, B, A])
    expect(rig.made.map(({ got }) => got.map(String))).toEqual([['1'], ['1', '2'], ['2']])
    expect(rig.events.filter(({ kind }) => kind === 'failed')).toHaveLength(1)
  })

  it('SES-14 with a failure, with onChildFailure and onFailure "stop": the run is over', async () => {
    const before = activeResources()
    const made: Probe<Buffer>[] = []
    const sessions = new Sessions(
      () => {
        const child = new Probe<Buffer>()
        made.push(child)
        return child
      },
      { onChildFailure: 'stop' },
    )
    const over = sessions.run().catch((error: unknown) => error)
    for (const source of [A, B]) sessions.inbox.deliver([Buffer.from('x'), source])
    await eventually(() => made.every(({ got }) => got.length === 1) && made.length === 2)
    const why = new Error('no such luck')
    made[0]?.fail(why)
    expect(await over).toMatchObject({ code: 'COMPONENT_FAILED', cause: why })
    expect([sessions.ended, ...made.map(({ ended }) => ended)]).toEqual([true, true, true])
    expect(sessions.stats).toMatchObject({ started: 2, ended: 2, failed: 1 })
    await nothingNew(before)
  })

  const used = new Probe<Buffer>()
  const wrong: [what: string, make: () => unknown, code: string, says: string][] = [
    [
      'a factory that throws',
      () => {
        throw new Error('no such luck')
      },
      'COMPONENT_FAILED',
      'no such luck',
    ],
    [
      'what is not a component',
      () => ({ inbox: 1 }),
      'BAD_OPTION',
      'cannot start a session for 192.0.2.1:1: make() returned {"inbox":1}; it must be a component',
    ],
    ['nothing', () => undefined, 'BAD_OPTION', 'undefined'],
    [
      'a component without inbox',
      () =>
        new Pipeline(
          new (class Empty extends Component {
            override *main(): Main {}
          })(),
        ),
      'BAD_LINK',
      'no inbox',
    ],
    ['the same component twice', () => used, 'BAD_ACTIVATION', 'runs already'],
    [
      'a child whose outbox leads elsewhere',
      () => {
        const child = new Probe<Buffer>()
        link(child.outbox, new Inbox<Buffer>('Elsewhere'))
        return child
      },
      'COMPONENT_FAILED',
      'Elsewhere',
    ],
  ]

  it.each(wrong)('SES-08 %s fails that session alone', (what, make, code, says) => {
    const rig = new Rig<Component>(
      ([host]) => (host === D[0] ? echo() : (make() as Component)),
      {},
      { onFailure: 'isolate' },
    )
    rig.send(D, '1')
    rig.send(A, '1')
    rig.step()
    if (what.endsWith('twice')) rig.send(B, '1')
    rig.step()
    rig.send(D, '2')
    rig.step()
    const failures = rig.events.flatMap((event) => (event.kind === 'failed' ? [event.error] : []))
    expect(failures.map((error) => error.code)).toEqual([code])
    expect(failures[0]?.message).toContain(says)
    expect((rig.child(0) as Probe).got.map(String)).toEqual(['1', '2'])
    const { started, ended, received, dropped } = rig.sessions.stats
    expect([started - ended, received, dropped.failed]).toEqual(
      what.endsWith('twice') ? [2, 4, 0] : [1, 3, 1],
    )
  })

  it('SES-08 one that could not be made gives its place to the next client, before it has failed', () => {
    const rig = new Rig(
      ([host]) => {
        if (host === A[0]) throw new Error('not made')
        return new Probe<Buffer>()
      },
      { capacity: 1 },
      { onFailure: 'isolate' },
    )
    for (const source of [A, B]) rig.send(source, 'x')
    rig.step()
    expect(rig.child(0).got.map(String)).toEqual(['x'])
    expect(rig.sessions.stats).toMatchObject({ started: 2, ended: 1, failed: 1, evicted: 1 })
  })

  it('SES-08 a child that runs already is refused', () => {
    const running = new Gate()
    const rig = new Rig(() => running, {}, { onFailure: 'isolate' })
    rig.scheduler.activate(running)
    rig.send(A, '1')
    rig.step()
    // No longer than its session: what comes into its inbox later is not counted.
    expect(rig.sessions.stats.dropped).toEqual({ ...NOTHING, failed: 1 })
    const failures = rig.events.flatMap((event) => (event.kind === 'failed' ? [event.error] : []))
    expect(failures).toMatchObject([{ code: 'BAD_ACTIVATION' }])
    expect(failures[0]?.message).toContain('Gate#1 runs already')
    expect(running.ended).toBe(false)
  })
})

describe('shutdown', () => {
  it('SES-09 producerFinished: what is queued is passed on, the children finish, then it ends', () => {
    const rig = new Rig(() => new Probe<Buffer>('none'), {}, { room: 5000 })
    for (let i = 0; i < 1000; i++) rig.send([A[0], i % 100], `${i}`)
    rig.sessions.control.deliver(producerFinished())
    rig.step(100)
    expect(rig.made).toHaveLength(100)
    expect(rig.made.map(({ told }) => told)).toEqual(rig.made.map(() => [producerFinished()]))
    expect(rig.made.reduce((sum, { got }) => sum + got.length, 0)).toBe(1000)
    for (const child of rig.made.slice(1)) child.finish(Buffer.from('last words'))
    rig.step()
    expect([rig.sessions.ended, [...rig.said]]).toEqual([false, []])
    rig.child(0).finish()
    rig.step()
    expect(rig.sessions.ended).toBe(true)
    expect([...rig.said]).toEqual([producerFinished()])
    expect(rig.post.filter((text) => text.endsWith('last words'))).toHaveLength(99)
    expect(rig.sessions.stats).toMatchObject({ started: 100, ended: 100, received: 1000 })
    expect(rig.clock.pending).toBe(0)
  })

  it('SES-09 without a session producerFinished ends it at once', () => {
    const rig = new Rig(echo)
    rig.sessions.control.deliver(producerFinished())
    rig.step(1)
    expect([rig.sessions.ended, [...rig.said]]).toEqual([true, [producerFinished()]])
  })

  it('SES-09 a child that ignores producerFinished is shut down when it is idle', async () => {
    const rig = new Rig(() => new Probe<Buffer>('shutdown'), { idleMs: 5000 })
    rig.send(A, 'a')
    rig.sessions.control.deliver(producerFinished())
    rig.step()
    await rig.pass(5000)
    await rig.pass(999)
    expect(rig.sessions.ended).toBe(false)
    await rig.pass(1)
    expect([rig.sessions.ended, [...rig.said]]).toEqual([true, [producerFinished()]])
  })

  it('SES-09 shutdownMicroprocess ends it at once, passed on as the same object; the children are shut down', async () => {
    const rig = new Rig<Component & { readonly inbox: Inbox<Buffer> }>(([host]) =>
      host === A[0] ? new Sleeper() : new Probe<Buffer>('shutdown'),
    )
    rig.send(A, 'a')
    rig.send(A, 'not read')
    rig.send(B, 'b')
    rig.step()
    const word = shutdownMicroprocess({ cause: 'enough' })
    rig.sessions.control.deliver(producerFinished())
    rig.sessions.control.deliver(word)
    rig.send(C, 'c')
    rig.step(1)
    expect(rig.sessions.ended).toBe(true)
    const said = [...rig.said]
    expect(said).toEqual([word])
    expect(said[0]).toBe(word)
    rig.step()
    expect(rig.made.map(({ ended }) => ended)).toEqual([false, true])
    await rig.pass(1000)
    expect((rig.child(0) as Sleeper).closed).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ started: 2, ended: 2, dropped: { unread: 1 } })
    expect(rig.clock.pending).toBe(0)
  })

  it('SES-09 shutdownMicroprocess does so while it waits for the children to finish, too', () => {
    const rig = new Rig(() => new Probe<Buffer>('shutdown'))
    rig.send(A, 'a')
    rig.sessions.control.deliver(producerFinished())
    rig.step()
    const word = shutdownMicroprocess()
    rig.sessions.control.deliver(word)
    rig.step()
    expect([rig.sessions.ended, rig.child(0).ended, [...rig.said]]).toEqual([true, true, [word]])
  })
})
