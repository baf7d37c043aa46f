import { Graphline, Pipeline } from '@udpng/chassis'
import {
  Component,
  type Control,
  ErrorOutbox,
  Inbox,
  link,
  type Main,
  messages,
  Outbox,
  Scheduler,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Probe, Sink, Source } from './probe.js'
import { refusal, start } from './start.js'

/** Sends its own name and a number, as often as it may. */
class Talker extends Component {
  readonly outbox: Outbox<string> = new Outbox('Lines')
  readonly #name: string
  readonly #count: number

  constructor(name: string, count: number) {
    super()
    this.#name = name
    this.#count = count
  }

  override *main(): Main {
    for (let i = 0; i < this.#count; i++) {
      while (this.outbox.full) yield this.pause()
      this.outbox.send(`${this.#name}${i}`)
      if (i % 7 === 0) yield
    }
  }
}

/** Takes one message in each step. */
class Slow extends Component {
  readonly inbox: Inbox<string>
  readonly got: string[] = []
  most = 0

  constructor(capacity: number) {
    super()
    this.inbox = new Inbox('Lines', { capacity })
  }

  override *main(): Main {
    for (let finishing = false; ; ) {
      finishing ||= this.readControl() !== undefined
      this.most = Math.max(this.most, this.inbox.length)
      const line = this.inbox.recv()
      if (line !== undefined) this.got.push(line)
      if (finishing && !this.inbox.ready) return
      yield this.inbox.ready ? undefined : this.pause()
    }
  }
}

const twoTalkers = (count = 100) =>
  new Graphline(
    { A: new Talker('a', count), B: new Talker('b', count) },
    { 'A.outbox': 'self.outbox', 'B.outbox': 'self.outbox' },
  )

describe('several outboxes that lead to one box of the graph', () => {
  it('TYP-06 are one outbox: every message once, those of each part in order, and its type is known', async () => {
    const graph = new Graphline(
      { A: new Source(['a1', 'a2', 'a3']), B: new Source([1, 2, 3]) },
      { 'A.outbox': 'self.outbox', 'B.outbox': 'self.outbox' },
    )
    expectTypeOf(graph.outbox).toEqualTypeOf<Outbox<string | number>>()
    const sink = new Sink<string | number>()
    await new Pipeline(graph, sink).run()
    expect(sink.got.filter((item) => typeof item === 'string')).toEqual(['a1', 'a2', 'a3'])
    expect(sink.got.filter((item) => typeof item === 'number')).toEqual([1, 2, 3])
    expect(sink.got).toHaveLength(6)
  })

  it('TYP-06 messages leave in the very order in which they are sent, without a step between', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>() }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
    })
    const inbox = new Inbox<string>('All')
    link(graph.outbox, inbox)
    for (const line of ['1', '2', '3', '4']) (line < '3' ? parts.A : parts.B).outbox.send(line)
    parts.A.outbox.send('5')
    expect([...inbox]).toEqual(['1', '2', '3', '4', '5'])
  })

  it('TYP-06 each is full when the destination is, regardless of the sender, and has room when that has', () => {
    const parts = { A: new Probe<string>('none'), B: new Probe<string>('none') }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
    })
    const inbox = new Inbox<string>('Two at most', { capacity: 2 })
    link(graph.outbox, inbox)
    const step = start(graph)
    step()
    const full = () => [parts.A.outbox.full, parts.B.outbox.full]
    expect([parts.A.outbox.send('1'), ...full()]).toEqual([true, false, false])
    expect([parts.B.outbox.send('2'), ...full()]).toEqual([false, true, true])
    inbox.recv()
    step()
    expect(full()).toEqual([false, false])
  })

  it('TYP-06 no message overtakes those that a sender sent to a full destination', () => {
    const parts = { A: new Probe<string>('none'), B: new Probe<string>('none') }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
    })
    const inbox = new Inbox<string>('One at a time', { capacity: 1 })
    link(graph.outbox, inbox)
    const step = start(graph)
    step()
    for (const line of ['1', '2', '3']) parts.A.outbox.send(line)
    const got = [inbox.recv()]
    parts.B.outbox.send('4')
    for (let i = 0; i < 3; i++) {
      step()
      got.push(inbox.recv())
    }
    expect(got).toEqual(['1', '2', '3', '4'])
  })

  it('TYP-06 a full destination slows all of them, and holds no more than it may', async () => {
    const slow = new Slow(4)
    await new Pipeline(twoTalkers(), slow).run()
    for (const name of ['a', 'b'])
      expect(slow.got.filter((line) => line.startsWith(name))).toEqual(
        Array.from({ length: 100 }, (_, i) => `${name}${i}`),
      )
    expect(slow.got).toHaveLength(200)
    expect(slow.most).toBe(4)
  })

  it('TYP-06 a destination that another component keeps full loses nothing and no order', async () => {
    const slow = new Slow(1)
    const graph = new Graphline(
      { IN: twoTalkers(), C: new Talker('c', 100), SLOW: slow },
      { 'IN.outbox': 'SLOW.inbox', 'C.outbox': 'SLOW.inbox', 'IN.signal': 'SLOW.control' },
    )
    const running = graph.run()
    await running
    for (const name of ['a', 'b'])
      expect(slow.got.filter((line) => line.startsWith(name))).toEqual(
        Array.from({ length: 100 }, (_, i) => `${name}${i}`),
      )
  })

  it('TYP-06 a graph in a graph, and messages() of it', async () => {
    const outer = new Graphline(
      { IN: twoTalkers(3), C: new Talker('c', 3) },
      { 'IN.outbox': 'self.lines', 'C.outbox': 'self.lines' },
    )
    expectTypeOf(outer.lines).toEqualTypeOf<Outbox<string>>()
    const lines = messages(outer.lines)
    const running = outer.run()
    const got: string[] = []
    for await (const line of lines) got.push(line)
    await running
    expect(got.sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2'])
  })

  it('TYP-06 unlinked, it discards and counts', () => {
    const graph = twoTalkers(5)
    start(graph)(20)
    expect([graph.outbox.sent, graph.outbox.discarded, graph.ended]).toEqual([0, 10, true])
  })
})

describe('their account', () => {
  it('TYP-07 adds up at every moment, whatever waits and whenever it is stopped', () => {
    for (let steps = 1; steps < 60; steps++) {
      const graph = new Graphline(
        { IN: twoTalkers(20), C: new Talker('c', 20), SLOW: new Slow(2) },
        { 'IN.outbox': 'SLOW.inbox', 'C.outbox': 'SLOW.inbox' },
      )
      const step = start(graph)
      step(steps)
      const running = accountOf(graph)
      graph.control.deliver(shutdownMicroprocess())
      step(60)
      const ended = accountOf(graph)
      expect(graph.ended).toBe(true)
      expect([running.unaccounted, ended.unaccounted]).toEqual([0, 0])
      if (steps < 4) continue // not all parts have begun
      expect(ended.parts['IN']?.parts['self.outbox']?.complete).toBe(true)
      const inner = ended.parts['IN']?.parts
      const { in: taken, out, waiting, dropped } = inner?.['self.outbox'] ?? ended
      expect(taken).toBe((inner?.['A']?.out ?? NaN) + (inner?.['B']?.out ?? NaN))
      expect(waiting).toBe(0)
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      expect(out + lost).toBe(taken)
    }
  })

  it('TYP-07 a message that the destination refuses is thrown back to its sender, and counted nowhere', () => {
    const parts = { A: new Probe<string>('none'), B: new Probe<string>('none') }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
    })
    const strict = new Inbox<string>('Never read', { capacity: 1, whenFull: 'throw' })
    link(graph.outbox, strict)
    start(graph)()
    parts.A.outbox.send('1')
    for (const { outbox } of [parts.A, parts.B])
      expect(refusal(() => outbox.send('2')).code).toBe('BOX_FULL')
    expect([parts.A.outbox.sent, parts.B.outbox.sent, strict.length]).toEqual([1, 0, 1])
    expect(accountOf(graph).parts['self.outbox']).toMatchObject({
      in: 1,
      out: 1,
      dropped: {},
      unaccounted: 0,
    })
  })
})

describe('their end', () => {
  it.each([
    ['not wired', {}],
    ["A's", { 'A.signal': 'self.signal' } as const],
  ])('TYP-08 what a part sends last arrives before the signal of the graph: %s', (_, signal) => {
    for (const capacity of [1, 2, 1024]) {
      const parts = { A: new Talker('a', 9), B: new Talker('b', 9) }
      const graph = new Graphline(parts, {
        'A.outbox': 'self.outbox',
        'B.outbox': 'self.outbox',
        ...signal,
      })
      const slow = new Slow(capacity)
      start(new Pipeline(graph, slow))(200)
      const last = 'A.signal' in signal ? ['a8'] : ['a8', 'b8']
      expect(slow.got).toEqual(expect.arrayContaining(last))
    }
  })

  it('TYP-08 when a graph has ended, all that its parts sent has left, though the destination was full', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>() }
    const graph = new Graphline(parts, {
      'A.outbox': 'self.outbox',
      'B.outbox': 'self.outbox',
    })
    const inbox = new Inbox<string>('One at a time', { capacity: 1 })
    const said = new Inbox<Control>('Signal')
    link(graph.outbox, inbox)
    link(graph.signal, said)
    const step = start(graph)
    step()
    parts.A.finish('1', '2')
    parts.B.finish('3')
    step()
    expect([graph.ended, said.length, ...inbox]).toEqual([true, 1, '1', '2', '3'])
  })

  it('TYP-08 an abort ends it, and nothing is left', async () => {
    const scheduler = new Scheduler()
    const graph = twoTalkers(1_000_000)
    scheduler.activate(new Pipeline(graph, new Slow(4)))
    const abort = new AbortController()
    const running = scheduler.run({ signal: abort.signal })
    setImmediate(() => abort.abort())
    await running
    expect(graph.ended).toBe(true)
    expect(scheduler.snapshot().components).toEqual([])
    expect(accountOf(scheduler).unaccounted).toBe(0)
  })
})

describe('errors of several parts', () => {
  class Failing extends Component {
    readonly errors: ErrorOutbox = new ErrorOutbox('Errors')
    override *main(): Main {
      for (let i = 0; i < 3; i++)
        this.errors.report('SEND_FAILED', () => new UdpngError('SEND_FAILED', `no ${i}`))
    }
  }
  const failing = () =>
    new Graphline(
      { A: new Failing(), B: new Failing() },
      { 'A.errors': 'self.errors', 'B.errors': 'self.errors' },
    )

  it('TYP-09 are reported to the one reader, and the account adds up', async () => {
    const graph = failing()
    const sink = new Sink<UdpngError>()
    const all = new Graphline(
      { IN: graph, SINK: sink },
      { 'IN.errors': 'SINK.inbox', 'IN.signal': 'SINK.control' },
    )
    await all.run()
    expect(sink.got.map(({ message }) => message)).toHaveLength(6)
    const { parts, unaccounted } = accountOf(all)
    // An error is a message of its own on each side of what joins the boxes.
    expect(parts['IN']?.parts['self.errors']).toMatchObject({ in: 6, consumed: 6, out: 6 })
    expect(unaccounted).toBe(0)
  })

  it('ERR-10 without a reader each part reports its own', async () => {
    const graph = failing()
    const reports: string[] = []
    const all = new Graphline({ IN: graph })
    await all.run({
      onReport: ({ component, part, count, error }) =>
        void reports.push(`${component} ${part} ${count}: ${error.message}`),
    })
    const of = (name: string) => [1, 2, 3].map((n) => `IN/${name} IN/${name} ${n}: no ${n - 1}`)
    expect(reports).toEqual([...of('A'), ...of('B')])
    expect(accountOf(all).unaccounted).toBe(0)
    expect(graph.errors).toBeInstanceOf(ErrorOutbox)
  })

  it('ERR-10 also when they lead to one box with the messages of another part', async () => {
    const graph = new Graphline(
      { A: new Failing(), B: new Source(['text']) },
      { 'A.errors': 'self.outbox', 'B.outbox': 'self.outbox' },
    )
    const reports: string[] = []
    await graph.run({ onReport: ({ component }) => void reports.push(component) })
    expect(reports).toEqual(['A', 'A', 'A'])
    expect(accountOf(graph)).toMatchObject({ unaccounted: 0, dropped: { unlinked: 1 } })
  })
})
