import { Graphline, Pipeline } from '@udpng/chassis'
import {
  Component,
  ErrorOutbox,
  Inbox,
  link,
  type Main,
  type Outbox,
  producerFinished,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { statusOf } from '@udpng/core/inspection'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Probe, Sink, Source } from './probe.js'
import { refusal, start } from './start.js'

/** Takes one message in each step. */
class Slow extends Component {
  readonly inbox: Inbox<number>
  readonly got: number[] = []
  most = 0

  constructor(capacity: number) {
    super()
    this.inbox = new Inbox('Numbers', { capacity })
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      this.most = Math.max(this.most, this.inbox.length)
      const number = this.inbox.recv()
      if (number !== undefined) this.got.push(number)
      if (word?.kind === 'shutdownMicroprocess' || (word && !this.inbox.ready)) return
      yield this.inbox.ready ? undefined : this.pause()
    }
  }
}

const numbers = Array.from({ length: 200 }, (_, i) => i)

describe('an outbox that leads to a list of inboxes', () => {
  it('GRA-10 each gets every message, the very object, in order, within the send', () => {
    const parts = { A: new Probe<object>(), B: new Sink<object>(), C: new Sink<object>() }
    new Graphline(parts, { 'A.outbox': ['B.inbox', 'C.inbox'] })
    const sent = [{}, {}, {}]
    for (const message of sent) parts.A.outbox.send(message)
    for (const { inbox } of [parts.B, parts.C]) {
      const got = [...inbox]
      expect(got).toHaveLength(3)
      expect(got.every((message, i) => message === sent[i])).toBe(true)
    }
  })

  it('GRA-10 the slowest sets the pace, nothing is lost, and none holds more than it may', async () => {
    const [SLOW, FAST] = [new Slow(2), new Slow(7)]
    await new Graphline(
      { A: new Source(numbers), SLOW, FAST },
      { 'A.outbox': ['FAST.inbox', 'SLOW.inbox'], 'A.signal': ['FAST.control', 'SLOW.control'] },
    ).run()
    expect([SLOW.got, FAST.got]).toEqual([numbers, numbers])
    expect([SLOW.most, FAST.most <= 7]).toEqual([2, true])
  })

  it('GRA-10 the sender has as much room as the fullest of them', () => {
    const parts = { A: new Probe<number>(), B: new Slow(5), C: new Slow(9) }
    new Graphline(parts, { 'A.outbox': ['B.inbox', 'C.inbox'] })
    const { outbox } = parts.A
    const seen = [outbox.room]
    for (const number of [1, 2, 3, 4, 5]) {
      outbox.send(number)
      seen.push(outbox.room)
    }
    expect([seen, outbox.full]).toEqual([[5, 4, 3, 2, 1, 0], true])
  })

  it('GRA-10 one that has ended does not block the others', () => {
    const parts = { A: new Source(numbers), B: new Slow(1), C: new Slow(1) }
    const step = start(
      new Graphline(parts, { 'A.outbox': ['B.inbox', 'C.inbox'], 'A.signal': 'C.control' }),
    )
    step(5)
    parts.B.control.deliver(shutdownMicroprocess())
    step(1000)
    expect(parts.C.got).toEqual(numbers)
    expect(parts.B.got.length).toBeLessThan(10)
  })

  it.each(['one signal', 'several signals'])(
    'GRA-10 the signal comes after the last message, also when the destinations are full: %s',
    (signals) => {
      // Each destination has room for 1, and the sender heeds nothing.
      const parts = { A: new Probe<number>('none'), B: new Slow(1), C: new Slow(1) }
      const graph = new Graphline(parts, {
        'A.outbox': ['B.inbox', 'C.inbox'],
        'A.signal': signals === 'one signal' ? 'B.control' : ['C.control', 'B.control'],
      } as { 'A.outbox': ['B.inbox', 'C.inbox']; 'A.signal': ['C.control', 'B.control'] })
      const step = start(graph)
      step(3)
      parts.A.finish(...numbers)
      step(1000)
      expect(parts.B.got).toEqual(numbers)
      expect(parts.B.ended).toBe(true)
    },
  )

  it('GRA-10 it may lead to a box of the graph as well', async () => {
    const B = new Sink<number>()
    const graph = new Graphline(
      { A: new Source([1, 2, 3]), B },
      {
        'A.outbox': ['B.inbox', 'self.outbox'],
        'A.signal': ['B.control', 'self.signal'],
      },
    )
    expectTypeOf(graph.outbox).toEqualTypeOf<Outbox<number>>()
    const sink = new Sink<number>()
    await new Pipeline(graph, sink).run()
    expect([B.got, sink.got]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  it('GRA-11 all that parts sent has left when they have ended, also through two junctions', () => {
    const parts = { A: new Probe<number>(), B: new Probe<number>(), C: new Probe<number>() }
    const graph = new Graphline(parts, {
      'A.outbox': ['B.inbox', 'self.outbox'],
      'C.outbox': 'self.outbox',
    })
    const inbox = new Inbox<number>('One at a time', { capacity: 1 })
    link(graph.outbox, inbox)
    const step = start(graph)
    step(3)
    // The sender heeds nothing, so that it sends more than there is room for.
    parts.A.finish(1, 2, 3, 4, 5)
    for (const part of [parts.B, parts.C]) part.finish()
    step(5)
    expect(graph.ended).toBe(true)
    expect([...inbox]).toEqual([1, 2, 3, 4, 5])
    const { parts: accounts } = accountOf(graph)
    for (const name of ['A.outbox', 'self.outbox'])
      expect(accounts[name]).toMatchObject({ in: 5, waiting: 0, dropped: {}, unaccounted: 0 })
  })

  it('GRA-10 the sender is woken when all of them have room, and not before', () => {
    class Waiting extends Probe<number> {
      steps = 0
      override *main(): Main {
        for (; ; yield this.pause()) this.steps++
      }
    }
    const parts = { A: new Waiting(), B: new Waiting(), C: new Strict(1) }
    const step = start(new Graphline(parts, { 'A.outbox': ['B.inbox', 'C.inbox'] }))
    const { A, B, C } = parts
    A.outbox.send(1)
    step(5)
    const { steps } = A
    B.inbox.recv()
    step(5)
    expect([A.outbox.full, A.steps - steps]).toEqual([true, 0])
    C.inbox.recv()
    step(5)
    expect([A.outbox.full, A.steps - steps]).toEqual([false, 1])
  })

  /** Reports three errors. */
  class Failing extends Component {
    readonly errors: ErrorOutbox = new ErrorOutbox('Errors')
    override *main(): Main {
      for (let i = 0; i < 3; i++)
        this.errors.report('SEND_FAILED', () => new UdpngError('SEND_FAILED', `no ${i}`))
      yield this.pause()
    }
  }
  class Reader extends Component {
    readonly inbox: Inbox<UdpngError>

    constructor(capacity: number) {
      super()
      this.inbox = new Inbox('Errors', { capacity })
    }

    override *main(): Main {
      for (;;) yield this.pause()
    }
  }

  it('ERR-10 an error that one of several destinations reads is not reported for the others', async () => {
    const SINK = new Sink<UdpngError>()
    const graph = new Graphline(
      { A: new Failing(), SINK },
      { 'A.errors': ['SINK.inbox', 'self.errors'] },
    )
    const reports: string[] = []
    setImmediate(() => graph.control.deliver(shutdownMicroprocess()))
    await graph.run({ onReport: ({ component }) => void reports.push(component) })
    expect(SINK.got.map(({ message }) => message)).toEqual(['no 0', 'no 1', 'no 2'])
    expect([reports, graph.errors.sent, graph.errors.discarded]).toEqual([[], 0, 3])
  })

  it('GRA-10 the second copy of an error for one reader is lost when the first fills it', () => {
    const reader = new Reader(1)
    const both = new Graphline(
      { reader },
      { 'self.one': 'reader.inbox', 'self.other': 'reader.inbox' },
    )
    const graph = new Graphline(
      { A: new Failing(), both },
      { 'A.errors': ['both.one', 'both.other'] },
    )
    start(graph)(3)
    expect(reader.inbox.length).toBe(1)
    expect(accountOf(graph).unaccounted).toBe(0)
  })

  it('GRA-10 errors that find a reader full are lost, and the sender counts them', () => {
    const A = new Failing()
    const [B, C] = [new Reader(2), new Reader(2)]
    const graph = new Graphline({ A, B, C }, { 'A.errors': ['B.inbox', 'C.inbox'] })
    start(graph)(2)
    expect([B.inbox.length, C.inbox.length, A.errors.lost]).toEqual([2, 2, 1])
  })

  it('GRA-10 control messages are led on, and parts are asked to end in the order of the signals', () => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const graph = new Graphline(parts, {
      'A.outbox': ['B.inbox', 'C.inbox'],
      'A.signal': ['B.control', 'C.control'],
    })
    const step = start(graph)
    step(2)
    const word = shutdownMicroprocess()
    graph.control.deliver(word)
    step(20)
    // B and C get it from A alone.
    expect([parts.A.told, parts.B.told, parts.C.told]).toEqual([[word], [word], [word]])
    expect(graph.ended).toBe(true)
    const { parts: accounts, unaccounted } = accountOf(graph)
    expect([accounts['A.signal']?.in, accounts['A.signal']?.out, unaccounted]).toEqual([0, 0, 0])
  })

  it('GRA-10 the account adds up at every moment, whenever it is stopped', () => {
    for (let steps = 1; steps < 60; steps++) {
      const graph = new Graphline(
        { A: new Source(numbers), B: new Slow(2), C: new Slow(3), D: new Source(numbers) },
        { 'A.outbox': ['B.inbox', 'C.inbox'], 'D.outbox': 'B.inbox' },
      )
      const step = start(graph)
      step(steps)
      const running = accountOf(graph)
      graph.control.deliver(shutdownMicroprocess())
      step(60)
      const ended = accountOf(graph)
      expect([graph.ended, running.unaccounted, ended.unaccounted]).toEqual([true, 0, 0])
      expect(ended.parts['A.outbox']?.in ?? 0).toBe(ended.parts['A']?.out)
    }
  })

  it('SCH-26 what joins boxes is plumbing', () => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const graph = new Graphline(parts, {
      'A.outbox': ['B.inbox', 'C.inbox'],
      'B.outbox': 'self.outbox',
      'C.outbox': 'self.outbox',
    })
    start(graph)(2)
    const { scheduler } = graph as unknown as { scheduler: { snapshot(): Snapshot } }
    const plumbing = scheduler.snapshot().components.filter((each) => each.plumbing)
    expect(plumbing.map(({ name }) => name)).toEqual(['A.outbox', 'self.outbox'])
    expect(statusOf(parts.A)?.plumbing).toBe(false)
  })
})

describe('what joins boxes holds no messages', () => {
  const A = () => new Probe<number>('none')

  it('GRA-11 control follows the messages that were sent before it, also when the sender has ended', () => {
    const parts = { A: A(), B: new Slow(1), C: new Slow(1) }
    const graph = new Graphline(parts, {
      'A.outbox': ['B.inbox', 'C.inbox'],
      'A.signal': 'B.control',
    })
    const step = start(graph)
    step(3)
    parts.A.finish(...numbers)
    step(3)
    graph.control.deliver(producerFinished())
    step(1000)
    expect([parts.B.got, parts.C.got]).toEqual([numbers, numbers])
    expect(graph.ended).toBe(true)
  })

  it.each([0, 1, 2, 3, 4])(
    'GRA-11 a part that has ended feeds no control box any more: %i cycles later',
    (cycles) => {
      const parts = { Z: new Probe(), X: A(), Y: A(), A: A() }
      const graph = new Graphline(parts, {
        'A.signal': ['X.control', 'Y.control'],
        'X.signal': 'Z.control',
      })
      const step = start(graph)
      step(3)
      parts.A.finish()
      step(cycles)
      const { ended } = parts.A
      graph.control.deliver(producerFinished())
      step(5)
      const each = ended ? 2 : 1
      expect([parts.X.told.length, parts.Y.told.length]).toEqual([each, each])
      expect(parts.Z.told).toEqual([])
    },
  )

  it('GRA-11 no message is lost when the signal comes from a part that ends before the sender', () => {
    const [a, x, y] = [new Probe<number>(), new Slow(1), new Slow(1)]
    const inner = new Graphline(
      { a, b: new Source(numbers) },
      { 'a.signal': 'self.signal', 'b.outbox': 'self.outbox' },
    )
    const step = start(
      new Graphline(
        { inner, x, y },
        { 'inner.outbox': ['x.inbox', 'y.inbox'], 'inner.signal': 'x.control' },
      ),
    )
    step(3)
    a.finish()
    step(1000)
    expect(y.got).toEqual(numbers)
  })

  it('GRA-11 the signal of a part comes after its last message, also from a box of the graph that several lead to', () => {
    const parts = { A: A(), B: A() }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
      'A.signal': 'self.signal',
    })
    const sink = new Slow(1)
    const step = start(new Pipeline(graph, sink))
    step(3)
    parts.A.finish(...numbers)
    step(1000)
    expect([sink.got, sink.ended, graph.ended]).toEqual([numbers, true, false])
  })

  it('GRA-11 they end with the last part that leads there', () => {
    const parts = { A: A(), B: A(), C: A() }
    const graph = new Graphline(parts, {
      'A.outbox': ['C.inbox', 'self.outbox'],
      'B.outbox': 'self.outbox',
    })
    const inbox = new Inbox<number>('All')
    link(graph.outbox, inbox)
    const step = start(graph)
    step(3)
    parts.A.finish()
    step(5)
    expect(graph.outbox.linked).toBe(true)
    parts.B.finish(1)
    step(5)
    expect([graph.outbox.linked, inbox.recv(), graph.ended]).toEqual([false, 1, false])
  })

  it.each([[['B.inbox', 'C.inbox']], [['C.inbox', 'B.inbox']]] as const)(
    'GRA-12 an inbox that refuses a message costs the others nothing: %s',
    (list) => {
      const parts = { A: A(), B: new Sink<number>(), C: new Strict(1) }
      const graph = new Graphline(parts, { 'A.outbox': list })
      const step = start(graph)
      step(3)
      parts.A.finish(1, 2, 3)
      step(5)
      expect([parts.B.got, [...parts.C.inbox]]).toEqual([[1, 2, 3], [1]])
      const { parts: accounts, unaccounted } = accountOf(graph)
      expect(accounts['A.outbox']).toMatchObject({ in: 3, out: 4, dropped: { inboxFull: 2 } })
      expect(unaccounted).toBe(0)
    },
  )

  it('GRA-12 send throws when all refuse the message', () => {
    const parts = { A: A(), B: new Strict(1), C: new Strict(1) }
    const graph = new Graphline(parts, { 'A.outbox': ['B.inbox', 'C.inbox'] })
    start(graph)(3)
    expect(parts.A.outbox.send(1)).toBe(false)
    expect(refusal(() => parts.A.outbox.send(2)).code).toBe('BOX_FULL')
    expect([parts.A.outbox.sent, parts.B.inbox.length, parts.C.inbox.length]).toEqual([1, 1, 1])
    expect(accountOf(graph).parts['A.outbox']).toMatchObject({ in: 1, out: 2, unaccounted: 0 })
  })

  it('GRA-12 a sender that was not full is never refused, though two copies reach one inbox', () => {
    const [a, strict] = [A(), new Strict(1)]
    const inner = new Graphline(
      { strict },
      { 'self.one': 'strict.inbox', 'self.other': 'strict.inbox' },
    )
    const graph = new Graphline({ a, inner }, { 'a.outbox': ['inner.one', 'inner.other'] })
    const step = start(graph)
    step(3)
    for (let i = 0; i < 3; i++) {
      expect([a.outbox.full, a.outbox.send(i)]).toEqual([false, false])
      expect(strict.inbox.recv()).toBe(i)
    }
    expect(accountOf(graph).unaccounted).toBe(0)
  })
})

/** Takes nothing, and refuses what it has no room for. */
class Strict extends Component {
  readonly inbox: Inbox<number>

  constructor(capacity: number) {
    super()
    this.inbox = new Inbox('Numbers', { capacity, whenFull: 'throw' })
  }

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

type Snapshot = { readonly components: readonly { name: string; plumbing: boolean }[] }

describe('a list that cannot be', () => {
  const Untyped = Graphline as unknown as new (
    parts: object,
    linkages: Readonly<Record<string, string | readonly string[]>>,
  ) => Component

  it.each([
    [
      'an inbox twice',
      { 'A.outbox': ['B.inbox', 'B.inbox'] },
      'linkage "A.outbox": "B.inbox": B.inbox is in the list twice; leave one out',
    ],
    [
      'a box of the graph that is two inboxes',
      { 'self.in': ['A.inbox', 'B.inbox'] },
      'linkage "self.in": "A.inbox", "B.inbox": self.in is one inbox; lead it to one inbox',
    ],
    [
      'an inbox that is not there',
      { 'A.outbox': ['B.inbox', 'B.inbx'] },
      'cannot make linkage "A.outbox": "B.inbx": there is no inbox B.inbx; did you mean B.inbox?',
    ],
  ])('GRA-10 %s: throws, and no link is left behind', (_, linkages, message) => {
    const parts = { A: new Probe(), B: new Probe() }
    const error = refusal(() => new Untyped(parts, linkages))
    expect([error.code, error.message]).toEqual(['BAD_LINK', message])
    expect(parts.A.outbox.linked).toBe(false)
  })

  it('TYP-12 each inbox of a list is checked as one that stands alone', () => {
    const parts = () => ({ A: new Source([1]), B: new Sink<number>(), C: new Sink<string>() })
    const make = [
      // @ts-expect-error C takes text
      () => new Graphline(parts(), { 'A.outbox': ['B.inbox', 'C.inbox'] }),
      // @ts-expect-error there is no such inbox
      () => new Graphline(parts(), { 'A.outbox': ['B.inbox', 'B.inbx'] }),
      // @ts-expect-error one inbox of the graph is one inbox
      () => new Graphline(parts(), { 'self.in': ['B.inbox', 'C.inbox'] }),
      () => new Graphline(parts(), { 'A.outbox': ['B.inbox'] }),
    ]
    expect(make).toHaveLength(4)
  })
})
