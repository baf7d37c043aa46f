import { Graphline, Pipeline } from '@udpng/chassis'
import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  producerFinished,
  Scheduler,
  type SchedulerEvent,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { activeResources, eventually, ManualClock, nothingNew, turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Deaf, Probe, Sink, Source } from './probe.js'
import { start } from './start.js'

/** Sleeps through everything. */
class Sleeper extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Not read')
  cleanups = 0
  override *main(): Main {
    try {
      yield* this.sleep(Infinity)
    } finally {
      this.cleanups++
    }
  }
}

/** Shows whether a graph will start it, or has. */
class Part extends Component {
  override get hasParent(): boolean {
    return super.hasParent
  }
  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

/** The parts of a system of pipelines and graphs in each other, none of which ends by itself. */
function nested(obeys: 'both' | 'shutdown' = 'both') {
  const all = Array.from({ length: 7 }, () => new Probe<string>(obeys))
  const [a, b, c, d, e, f, g] = all as [
    Probe<string>,
    Probe<string>,
    Probe<string>,
    Probe<string>,
    Probe<string>,
    Probe<string>,
    Probe<string>,
  ]
  const graph = new Graphline(
    { CHAIN: new Pipeline(c, d), ALONE: e },
    {
      'self.inbox': 'CHAIN.inbox',
      'CHAIN.outbox': 'self.outbox',
    },
  )
  const whole = new Pipeline(
    new Pipeline(a, b),
    graph,
    f,
    new Graphline({ G: g }, { 'self.inbox': 'G.inbox' }),
  )
  return { all, whole }
}

describe('shutdown', () => {
  it('PIP-06 producerFinished travels down every level: each part ends after the one before it', () => {
    const { all, whole } = nested()
    const after = new Inbox<unknown>('What the whole says')
    link(whole.signal, after)
    const step = start(whole)
    whole.inbox.deliver('last words')
    whole.control.deliver(producerFinished())
    step()
    expect(whole.ended).toBe(true)
    expect(all.map((probe) => probe.got.length)).toEqual([1, 1, 1, 1, 0, 1, 1])
    expect(all.map((probe) => probe.told)).toEqual(all.map(() => [producerFinished()]))
    expect([...after]).toEqual([producerFinished()])
  })

  it('PIP-06 shutdownMicroprocess reaches every part at every level, as one object, and comes out at the end', () => {
    const { all, whole } = nested('shutdown')
    const after = new Inbox<unknown>('What the whole says')
    link(whole.signal, after)
    const step = start(whole)
    step()
    const word = shutdownMicroprocess({ cause: 'enough' })
    whole.control.deliver(word)
    step()
    expect(whole.ended).toBe(true)
    for (const { told } of all) {
      expect(told).toEqual([word])
      expect(told[0]).toBe(word)
    }
    expect([...after]).toEqual([word])
  })

  it('GRA-04 a graph in a graph counts as one part: fed or not, and notified at its own control', () => {
    const [a, b, c] = [new Probe('none'), new Probe('none'), new Probe('none')]
    const inner = new Graphline({ B: b, C: c }, { 'B.signal': 'C.control' })
    const graph = new Graphline({ A: a, INNER: inner }, { 'A.signal': 'INNER.control' })
    const step = start(graph)
    const word = shutdownMicroprocess()
    graph.control.deliver(word)
    step()
    expect([a.told, b.told, c.told]).toEqual([[word], [], []])
    a.finish()
    step()
    graph.control.deliver(word)
    step()
    expect([b.told, c.told]).toEqual([[producerFinished(), word], []])
  })
})

describe('an abort', () => {
  it('PIP-04 run({ signal }) ends a whole tree at once, and nothing is left', async () => {
    const before = activeResources()
    const { all, whole } = nested('shutdown')
    const aborter = new AbortController()
    const over = whole.run({ signal: aborter.signal })
    await eventually(() => all.every((probe) => probe.started), 'the start')
    aborter.abort('enough')
    await over
    for (const { told } of all) expect(told[0]).toEqual(shutdownMicroprocess({ cause: 'enough' }))
    await nothingNew(before)
  })

  it('SCH-11 an abort before the start ends all parts, and none of them starts', async () => {
    const { all, whole } = nested('shutdown')
    await whole.run({ signal: AbortSignal.abort('early') })
    for (const part of all) expect([part.ended, part.told]).toEqual([true, []])
  })

  it.each([
    [
      'PIP-09',
      'a pipeline',
      (...[a, b, c]: [Source<string>, Probe, Sleeper]) => new Pipeline(a, b, c),
    ],
    [
      'GRA-04',
      'a graph',
      (...[A, B, C]: [Source<string>, Probe, Sleeper]) =>
        new Graphline(
          { A, B, C },
          { 'A.signal': 'B.control', 'B.signal': 'C.control', 'C.signal': 'A.control' },
        ),
    ],
  ])(
    '%s closes the parts of %s that never read control, though the first part has ended',
    async (_, __, wire) => {
      const clock = new ManualClock()
      const sleeper = new Sleeper()
      const probe = new Probe('shutdown')
      const aborter = new AbortController()
      const whole = new Pipeline(wire(new Source(['a']), probe, sleeper))
      const over = whole.run({ clock, signal: aborter.signal })
      await eventually(() => probe.told.length === 1, 'the end of the first part')
      aborter.abort()
      await turn()
      expect([probe.ended, sleeper.ended]).toEqual([true, false])
      for (let i = 0; i < 10 && !whole.ended; i++) await clock.advance(1000)
      await over
      expect(sleeper.cleanups).toBe(1)
      expect(clock.pending).toBe(0)
    },
  )
})

describe('the failure of a part', () => {
  it('PIP-04 with onFailure "stop": all others are closed, and run() rejects with the part that failed', async () => {
    const { all, whole } = nested()
    const why = new Error('no such luck')
    const over = whole.run()
    all[3]?.fail(why)
    const error = await over.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UdpngError)
    expect(error).toMatchObject({ code: 'COMPONENT_FAILED', component: all[3]?.name, cause: why })
    expect(all.map((probe) => probe.ended)).toEqual(all.map(() => true))
    expect(whole.ended).toBe(true)
  })

  it('PIP-05 with onFailure "isolate": the stage after it gets the cause, those before it continue', async () => {
    const [a, b, c] = [new Probe<string>(), new Probe<string>(), new Probe<string>()]
    const pipeline = new Pipeline(a, b, c)
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    const events: SchedulerEvent[] = []
    scheduler.observe((event) => void events.push(event))
    scheduler.activate(pipeline)
    const over = scheduler.run()
    const why = new Error('no such luck')
    b.fail(why)
    await eventually(() => c.ended, 'the end of the last stage')
    expect(c.told).toMatchObject([{ kind: 'shutdownMicroprocess', cause: { cause: why } }])
    pipeline.inbox.deliver('still here')
    await eventually(() => a.got.length === 1, 'the message')
    expect([a.ended, pipeline.ended]).toEqual([false, false])
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1)
    pipeline.control.deliver(producerFinished())
    await over
    expect(pipeline.ended).toBe(true)
  })

  it('GRA-02 with onFailure "isolate": the graph ends when the others have', async () => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const graph = new Graphline(parts, { 'A.outbox': 'B.inbox' })
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.activate(graph)
    const over = scheduler.run()
    parts.B.fail(new Error('no such luck'))
    await eventually(() => parts.B.ended, 'the failure')
    expect([parts.A.ended, parts.C.ended, graph.ended]).toEqual([false, false, false])
    graph.control.deliver(shutdownMicroprocess())
    await over
    expect([parts.A.ended, parts.C.ended, graph.ended]).toEqual([true, true, true])
  })

  it('PIP-01 a part that cannot be started fails the whole, which says so, and the others are closed', async () => {
    const used = new Deaf(1)
    await used.run()
    const others = [new Probe(), new Probe()] as const
    const pipeline = new Pipeline(others[0], used, others[1])
    const error = await pipeline.run().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      component: pipeline.name,
      cause: { code: 'BAD_ACTIVATION', component: used.name },
    })
    expect([others[0].ended, others[1].started]).toEqual([true, false])
  })

  it('ERR-03 a pipeline that cannot start says so on its signal, which is that of its last part', async () => {
    const used = new Deaf(1)
    await used.run()
    const said = new Inbox<Control>('What it said')
    const pipeline = new Pipeline(used, new Probe())
    link(pipeline.signal, said)
    const error = await pipeline.run().catch((thrown: unknown) => thrown)
    const cause = (error as Error).cause
    expect(cause).toMatchObject({ code: 'BAD_ACTIVATION', component: used.name })
    expect([...said]).toEqual([shutdownMicroprocess({ cause })])
  })

  it.each([
    ['its own signal, which says so once', {}, 4, 1],
    ['the signal of a part, which says so once', { 'B.signal': 'self.signal' } as const, 4, 1],
    ['the signal of a part that has no room', { 'B.signal': 'self.signal' } as const, 1, 0],
  ])('ERR-03 a graph that cannot start, with %s', (_, linkages, capacity, count) => {
    const scheduler = new Scheduler({ clock: new ManualClock(), onFailure: 'isolate' })
    const failures: string[] = []
    scheduler.observe((event) => {
      if (event.kind === 'failed') failures.push(event.error.code)
    })
    const parts = { A: scheduler.activate(new Probe()), B: new Probe() }
    const graph = scheduler.activate(new Graphline(parts, linkages))
    const said = new Inbox<Control>('What it said', { capacity, whenFull: 'throw' })
    link(graph.signal, said)
    said.deliver(producerFinished())
    for (let i = 0; i < 5; i++) scheduler.step()
    expect(failures).toEqual(['BAD_ACTIVATION'])
    expect(said.length).toBe(1 + count)
    scheduler.stop()
  })

  it('GRA-02 a part that runs already is refused, for the graph starts its parts', async () => {
    const A = new Probe()
    const graph = new Graphline({ A })
    const scheduler = new Scheduler()
    scheduler.activate(A)
    scheduler.activate(graph)
    const error = await scheduler.run().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'BAD_ACTIVATION', component: graph.name })
    expect((error as Error).message).toContain('Probe#1 runs already')
  })
})

describe('at rest', () => {
  it('PIP-04 a composite is woken by nothing but its control and the ends of its parts', async () => {
    let steps = 0
    class Counted extends Pipeline<[Probe<number>, Sink<number>]> {
      override *main(): Main {
        for (const _ of super.main()) {
          steps++
          yield
        }
      }
    }
    const pipeline = new Counted(new Probe<number>(), new Sink<number>())
    const step = start(pipeline)
    step()
    expect(steps).toBe(1)
    for (let i = 0; i < 100; i++) pipeline.inbox.deliver(i)
    step()
    expect(steps).toBe(1)
    pipeline.control.deliver(producerFinished())
    step()
    expect(pipeline.ended).toBe(true)
    expect(steps).toBeLessThanOrEqual(3)
  })

  it('PIP-02 in a snapshot each box appears once, at the part that owns it', () => {
    const scheduler = new Scheduler()
    const pipeline = new Pipeline(
      new Probe<string>(),
      new Graphline({ S: new Sink<string>() }, { 'self.inbox': 'S.inbox' }),
    )
    scheduler.activate(pipeline)
    for (let i = 0; i < 5; i++) scheduler.step()
    const { components, links } = scheduler.snapshot()
    expect(
      components.map(({ name, parent, inboxes }) => [name, parent, Object.keys(inboxes)]),
    ).toEqual([
      ['Pipeline#1', undefined, ['control']],
      ['Probe#1', 'Pipeline#1', ['control', 'inbox', 'aside', 'orders']],
      ['Graphline#1', 'Pipeline#1', ['control']],
      ['S', 'Graphline#1', ['control', 'inbox']],
    ])
    expect(links).toEqual([
      { from: 'Probe#1.signal', to: 'Graphline#1.control' },
      { from: 'Probe#1.outbox', to: 'S.inbox' },
    ])
  })
})

describe('parts that were never started', () => {
  /** Notes its end, however it ends. */
  class Lasting extends Probe<string> {
    ends = 0
    protected override onEnd(): void {
      this.ends++
    }
  }

  it('BND-08 all parts end with a graph that is stopped before it began, those of graphs in it too', () => {
    const parts = [new Lasting(), new Lasting(), new Lasting()] as const
    const [a, b, c] = parts
    const whole = new Pipeline(a, new Graphline({ B: b, C: c }, { 'self.inbox': 'B.inbox' }))
    const scheduler = new Scheduler()
    scheduler.activate(whole)
    a.inbox.deliver('not taken')
    scheduler.stop()
    for (const part of parts)
      expect([part.ended, part.ends, part.started]).toEqual([true, 1, false])
    expect(a.inbox.dropped).toBe(1)
  })

  it('BND-08 those behind a part that cannot be started end with the graph that fails; that part goes on', () => {
    const [first, running, last] = [new Lasting(), new Lasting(), new Lasting()]
    const scheduler = new Scheduler({ clock: new ManualClock(), onFailure: 'isolate' })
    scheduler.activate(running)
    const graph = scheduler.activate(
      new Graphline({ FIRST: first, RUNNING: running, LAST: last }, { 'self.inbox': 'LAST.inbox' }),
    )
    for (let i = 0; i < 10; i++) scheduler.step()
    expect(graph.ended).toBe(true)
    expect([first.ended, running.ended, last.ended]).toEqual([true, false, true])
    expect(last.ends).toBe(1)
    scheduler.stop()
  })
})

describe('parts', () => {
  it('SOC-05 are reserved once the composite is complete: it starts them', () => {
    const [a, b, c] = [new Part(), new Part(), new Part()]
    expect([a, b, c].map(({ hasParent }) => hasParent)).toEqual([false, false, false])
    new Graphline({ A: a })
    expect(() => new Pipeline(b as Component, c)).toThrow(/no outbox/)
    new Pipeline(c)
    expect([a, b, c].map(({ hasParent }) => hasParent)).toEqual([true, false, true])
  })

  it('SOC-05 a part that runs already stays where it is', () => {
    const part = new Part()
    const scheduler = new Scheduler()
    scheduler.activate(part)
    new Graphline({ PART: part })
    expect(part.hasParent).toBe(false)
  })
})
