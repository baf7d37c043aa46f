import { Graphline, Pipeline } from '@udpng/chassis'
import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Deaf, Probe, Sink, Source } from './probe.js'
import { refusal, start } from './start.js'

const unlinked = (...probes: Probe[]) =>
  probes.every(({ outbox, signal }) => !outbox.linked && !signal.linked)

describe('the chain', () => {
  it('CTL-05 what throws when it is looked at has no effect on control', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const pipeline = new Pipeline(new Probe('none'))
    const step = start(pipeline)
    pipeline.control.deliver(proxy as Control)
    step()
    expect(pipeline.ended).toBe(false)
  })

  it('PIP-01 each outbox feeds the next inbox, through to the end, and nothing else', () => {
    const [a, b, c] = [new Probe<string>(), new Probe<string>(), new Probe<string>()]
    const step = start(new Pipeline(a, b, c))
    a.inbox.deliver('one')
    b.inbox.deliver('two')
    step()
    expect([a.got, b.got, c.got]).toEqual([['one'], ['two', 'one'], ['two', 'one']])
    expect([a.gotAside, b.gotAside, c.gotAside]).toEqual([[], [], []])
    expect(c.outbox.discarded).toBe(2)
  })

  it('PIP-01 each signal feeds the next control', () => {
    const [a, b, c] = [new Probe('none'), new Probe('none'), new Probe('none')]
    const step = start(new Pipeline(a, b, c))
    a.finish()
    step()
    expect([b.told, c.told]).toEqual([[producerFinished()], []])
    b.finish()
    step()
    expect(c.told).toEqual([producerFinished()])
  })

  it('PIP-01 the stages start when the pipeline starts, not before, in their order', () => {
    const stages = [new Probe(), new Probe(), new Probe()] as const
    const started = () => stages.map((stage) => stage.started)
    const pipeline = new Pipeline(...stages)
    const scheduler = new Scheduler()
    scheduler.step()
    expect(started()).toEqual([false, false, false])
    scheduler.activate(pipeline)
    expect(started()).toEqual([false, false, false])
    scheduler.step()
    scheduler.step()
    expect(started()).toEqual([true, true, true])
    expect(stages.map((stage) => stage.name)).toEqual(['Probe#1', 'Probe#2', 'Probe#3'])
    expect(pipeline.name).toBe('Pipeline#1')
  })

  it('PIP-03 every message passes as the same object, once, in order', async () => {
    const items = Array.from({ length: 3000 }, (_, id) => ({ id }))
    const sink = new Sink<object>()
    await new Pipeline(new Source(items), new Probe<object>(), new Probe<object>(), sink).run()
    expect(sink.got).toHaveLength(3000)
    expect(sink.got.every((item, i) => item === items[i])).toBe(true)
  })

  it('PIP-03 messages delivered before the start reach the first stage, in order', () => {
    const [a, b] = [new Probe<number>('none'), new Probe<number>()]
    const pipeline = new Pipeline(a, b)
    pipeline.inbox.deliver(1)
    pipeline.inbox.deliver(2)
    const words = [producerFinished(), shutdownMicroprocess()]
    for (const word of words) pipeline.control.deliver(word)
    start(pipeline)()
    expect(a.got).toEqual([1, 2])
    expect(b.got).toEqual([1, 2])
    expect(a.told).toEqual(words)
    expect(a.told[1]).toBe(words[1])
  })

  it('PIP-03 a shutdown passes down the stages as one object, to each of them once', () => {
    const [a, b, c] = [new Probe(), new Probe(), new Probe()]
    const pipeline = new Pipeline(a, b, c)
    const step = start(pipeline)
    step()
    const word = shutdownMicroprocess({ cause: 'enough' })
    pipeline.control.deliver(word)
    step()
    expect([a.told, b.told, c.told]).toEqual([[word], [word], [word]])
    expect(c.told[0]).toBe(word)
    expect(pipeline.ended).toBe(true)
  })

  it('PIP-10 backpressure reaches the source: no inbox holds more than its capacity, and a million items arrive', async () => {
    const COUNT = 1_000_000
    let made = 0
    function* numbers() {
      while (made < COUNT) yield made++
    }
    class Pass extends Component {
      readonly inbox: Inbox<number> = new Inbox('Numbers', { capacity: 8 })
      readonly outbox: Outbox<number> = new Outbox('The same numbers')
      most = 0
      override *main(): Main {
        for (;;) {
          this.most = Math.max(this.most, this.inbox.length)
          while (this.inbox.ready && !this.outbox.full)
            this.outbox.send(this.inbox.recv() as number)
          if (!this.inbox.ready && this.readControl()) return
          yield this.pause()
        }
      }
    }
    let inOrder = true
    let ahead = 0
    class Slow extends Component {
      readonly inbox: Inbox<number> = new Inbox('Numbers', { capacity: 6 })
      most = 0
      taken = 0
      override *main(): Main {
        for (;;) {
          this.most = Math.max(this.most, this.inbox.length)
          for (let i = 0; i < 5 && this.inbox.ready; i++)
            inOrder &&= this.inbox.recv() === this.taken++
          ahead = Math.max(ahead, made - this.taken)
          if (this.inbox.ready) yield
          else if (this.readControl()) return
          else yield this.pause()
        }
      }
    }
    const [first, second, last] = [new Pass(), new Pass(), new Slow()]
    await new Pipeline(new Source(numbers()), first, new Pipeline(second), last).run()
    expect(last.taken).toBe(COUNT)
    expect(inOrder).toBe(true)
    expect([first.most, second.most, last.most]).toEqual([8, 8, 6])
    expect(ahead).toBeLessThanOrEqual(8 + 8 + 6 + 1)
  })
})

describe('its boxes', () => {
  it("PIP-02 inbox is the first stage's, outbox and signal are the last one's, control is its own", () => {
    const [a, b, c] = [new Probe<string>(), new Probe<string>(), new Probe<string>()]
    const pipeline = new Pipeline(a, b, c)
    expect(pipeline.inbox).toBe(a.inbox)
    expect(pipeline.outbox).toBe(c.outbox)
    expect(pipeline.signal).toBe(c.signal)
    for (const stage of [a, b, c]) expect(pipeline.control).not.toBe(stage.control)
    expectTypeOf(pipeline.inbox).toEqualTypeOf<Inbox<string>>()
    expectTypeOf(pipeline.outbox).toEqualTypeOf<Outbox<string>>()
    expectTypeOf(pipeline.signal).toEqualTypeOf<Outbox<Control>>()
  })

  it('PIP-02 a box that the stage lacks is missing on the pipeline, and from its type', () => {
    const pipeline = new Pipeline(new Source(['a']), new Sink<string>())
    expect('inbox' in pipeline).toBe(false)
    expect('outbox' in pipeline).toBe(false)
    expectTypeOf(pipeline).not.toHaveProperty('inbox')
    expectTypeOf(pipeline).not.toHaveProperty('outbox')
    // @ts-expect-error there is no such property, rather than one of type never
    expect(pipeline.inbox).toBeUndefined()
  })

  it('PIP-02 the boxes of a stage in the middle are not its own', () => {
    const pipeline = new Pipeline(new Probe(), new Probe(), new Probe())
    expect('aside' in pipeline).toBe(false)
    expectTypeOf(pipeline).not.toHaveProperty('aside')
  })

  it('PIP-02 it is a component by type, and a class to extend', async () => {
    class Pair extends Pipeline<[Source<string>, Probe<string>]> {
      constructor(items: string[]) {
        super(new Source(items), new Probe<string>())
      }
    }
    const pair = new Pair(['a'])
    expectTypeOf(pair).toExtend<Component>()
    expectTypeOf(pair.outbox).toEqualTypeOf<Outbox<string>>()
    const sink = new Sink<string>()
    await new Pipeline(pair, sink).run()
    expect(sink.got).toEqual(['a'])
    expect(pair.name).toMatch(/^Pair#\d+$/)
  })
})

describe('its end', () => {
  it.each([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])('PIP-04 it ends when every stage has ended, not before: stages %i, %i, %i', (...order) => {
    const stages = [new Probe('none'), new Probe('none'), new Probe('none')] as const
    const pipeline = new Pipeline(...stages)
    const step = start(pipeline)
    step()
    for (const i of order) {
      expect(pipeline.ended).toBe(false)
      stages[i as 0 | 1 | 2].finish()
      step()
    }
    expect(pipeline.ended).toBe(true)
  })

  it('PIP-04 it says nothing of its own: what its last stage said is all that is heard of it', () => {
    const [a, b, after] = [new Probe(), new Probe(), new Probe('none')]
    const pipeline = new Pipeline(a, b)
    const step = start(new Pipeline(pipeline, after))
    a.finish()
    step()
    expect(pipeline.ended).toBe(true)
    expect(after.told).toEqual([producerFinished()])
  })

  it('PIP-04 run() resolves then', async () => {
    const [a, b] = [new Probe(), new Probe()]
    const over = new Pipeline(a, b).run()
    a.finish()
    await over
    expect([a.ended, b.ended]).toEqual([true, true])
  })

  it('PIP-05 what a stage sends in its last step still arrives', () => {
    const [a, b] = [new Probe<number>(), new Probe<number>()]
    const step = start(new Pipeline(a, b))
    step()
    a.finish(1, 2, 3)
    step()
    expect(b.got).toEqual([1, 2, 3])
  })

  it('PIP-05 later messages to it are discarded and counted, and its neighbour continues', () => {
    const [a, b, c] = [new Probe<number>('none'), new Probe<number>(), new Probe<number>('none')]
    const pipeline = new Pipeline(a, b, c)
    const step = start(pipeline)
    step()
    b.finish()
    step()
    for (const n of [1, 2, 3]) pipeline.inbox.deliver(n)
    step()
    expect(a.got).toEqual([1, 2, 3])
    expect(a.outbox.discarded).toBe(3)
    expect([a.ended, b.ended, c.ended]).toEqual([false, true, false])
    expect(c.got).toEqual([])
  })

  it('PIP-05 a stage that waits for room goes on when the one after it has ended', async () => {
    class Stuck extends Component {
      readonly inbox: Inbox<number> = new Inbox('Never read', { capacity: 1 })
      override *main(): Main {
        yield
        yield
      }
    }
    const source = new Source([1, 2, 3, 4])
    await new Pipeline(source, new Stuck()).run()
    expect(source.outbox.sent).toBe(1)
    expect(source.outbox.discarded).toBe(3)
  })
})

describe('nesting', () => {
  it('PIP-06 pipelines nest: messages, signals and ends go through', async () => {
    const sink = new Sink<string>()
    const inner = new Pipeline(new Probe<string>(), new Pipeline(new Probe<string>()))
    const outer = new Pipeline(new Pipeline(new Source(['a', 'b'])), inner, sink)
    await outer.run()
    expect(sink.got).toEqual(['a', 'b'])
  })

  it('PIP-06 a message crosses any depth without a cycle between', () => {
    const probe = new Probe<object>()
    let deep: Component & { readonly inbox: Inbox<object> } = probe
    for (let i = 0; i < 20; i++) deep = new Pipeline(deep)
    const outbox = new Outbox<object>('From outside')
    link(outbox, deep.inbox)
    const message = {}
    outbox.send(message)
    expect(probe.inbox.recv()).toBe(message)
  })

  it('PIP-06 pipelines take graphlines', async () => {
    const graph = new Graphline(
      { A: new Probe<string>(), B: new Probe<string>() },
      {
        'self.inbox': 'A.inbox',
        'A.outbox': 'B.inbox',
        'A.signal': 'B.control',
        'B.outbox': 'self.outbox',
        'B.signal': 'self.signal',
      },
    )
    const sink = new Sink<string>()
    await new Pipeline(new Source(['a', 'b']), graph, sink).run()
    expect(sink.got).toEqual(['a', 'b'])
  })

  it('PIP-06 a pipeline of one stage acts as that stage', () => {
    const [probe, after] = [new Probe<string>(), new Probe<string>('none')]
    const pipeline = new Pipeline(probe)
    expect([pipeline.inbox, pipeline.outbox, pipeline.signal]).toEqual([
      probe.inbox,
      probe.outbox,
      probe.signal,
    ])
    const step = start(new Pipeline(pipeline, after))
    step()
    pipeline.inbox.deliver('a')
    pipeline.control.deliver(producerFinished())
    step()
    expect(probe.told).toEqual([producerFinished()])
    expect([probe.got, after.got]).toEqual([['a'], ['a']])
    expect(after.told).toEqual([producerFinished()])
    expect([probe.ended, pipeline.ended, after.ended]).toEqual([true, true, false])
  })
})

describe('what it refuses', () => {
  // As a program without types would call it.
  const Untyped = Pipeline as unknown as new (...stages: unknown[]) => Component

  it('PIP-07 no stage', () => {
    // @ts-expect-error a pipeline has a stage
    expect(refusal(() => new Pipeline())).toMatchObject({ code: 'BAD_OPTION' })
  })

  it('PIP-07 the same stage twice; no link is left behind', () => {
    const [a, b] = [new Probe(), new Probe()]
    const error = refusal(() => new Pipeline(a, b, a))
    expect(error.code).toBe('BAD_OPTION')
    expect(error.message).toMatch(/stage 1 and stage 3 .*Probe/)
    expect(unlinked(a, b)).toBe(true)
  })

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a class', Probe, 'function Probe'],
    ['a list', [new Probe()], 'stage 2 is ['],
    ['what has no class', Object.create(null), 'stage 2 is {'],
    ['something with boxes', { inbox: new Inbox('x'), outbox: new Outbox('y') }, 'stage 2 is {'],
  ])('PIP-07 a stage that is not a component: %s', (_, stage, text) => {
    const a = new Probe()
    const error = refusal(() => new Untyped(a, stage, new Probe()))
    expect(error.code).toBe('BAD_OPTION')
    expect(error.message).toContain('stage 2')
    expect(error.message).toContain(text)
    expect(unlinked(a)).toBe(true)
  })

  it('PIP-07 a later stage without inbox, by name; no link is left behind', () => {
    const [a, b] = [new Probe(), new Probe()]
    // @ts-expect-error a source takes nothing
    const error = refusal(() => new Pipeline(a, b, new Source(['a'])))
    expect(error.code).toBe('BAD_LINK')
    expect(error.message).toMatch(/stage 3 \(Source\) has no inbox .*stage 2 \(Probe\)/)
    expect(unlinked(a, b)).toBe(true)
  })

  it('PIP-07 an earlier stage without outbox, by name; no link is left behind', () => {
    const [a, b] = [new Probe(), new Probe()]
    // @ts-expect-error a sink sends nothing
    const error = refusal(() => new Pipeline(a, new Sink<unknown>(), b))
    expect(error.code).toBe('BAD_LINK')
    expect(error.message).toMatch(/stage 2 \(Sink\) has no outbox .*stage 3 \(Probe\)/)
    expect(unlinked(a, b)).toBe(true)
  })

  it('PIP-07 a box of the wrong kind is none', () => {
    class Odd extends Component {
      readonly inbox: Outbox<unknown> = new Outbox('The wrong way')
      override *main(): Main {}
    }
    // @ts-expect-error its inbox is an outbox
    expect(refusal(() => new Pipeline(new Probe(), new Odd())).message).toContain('Odd')
    expect('inbox' in new Untyped(new Odd())).toBe(false)
  })

  it.each(['outbox', 'signal'] as const)(
    'PIP-07 a stage whose %s feeds another inbox, by name; its link stays, no other is left behind',
    (name) => {
      const [a, b, c, other] = [new Probe(), new Probe(), new Probe(), new Probe()]
      link(b[name] as Outbox<unknown>, other.inbox)
      const error = refusal(() => new Pipeline(a, b, c))
      expect(error.code).toBe('BOX_ALREADY_LINKED')
      expect(error.message).toMatch(/stage 2 \(Probe\) to stage 3 \(Probe\)/)
      expect(a.outbox.linked || a.signal.linked || c.outbox.linked).toBe(false)
      expect(b.outbox.linked).toBe(name === 'outbox')
      b[name].send(producerFinished())
      expect(other.inbox.length).toBe(1)
      other.inbox.recv()
      // the stages are free for another attempt
      const d = new Probe()
      new Pipeline(a, c, d)
      a.outbox.send('x')
      expect(c.inbox.recv()).toBe('x')
    },
  )
})

describe('its control', () => {
  it('PIP-09 goes to the first stage while that lives, and to no other', () => {
    const [a, b] = [new Probe('none'), new Probe('none')]
    const pipeline = new Pipeline(a, b)
    const step = start(pipeline)
    step()
    const words = [producerFinished(), shutdownMicroprocess()]
    for (const word of words) pipeline.control.deliver(word)
    step()
    expect([a.told, b.told]).toEqual([words, []])
  })

  it('PIP-09 when the first stage has ended, goes to the first that still lives', () => {
    const [a, b, c] = [new Probe('none'), new Probe('none'), new Probe('none')]
    const pipeline = new Pipeline(a, b, c)
    const step = start(pipeline)
    const word = shutdownMicroprocess()
    b.finish()
    step()
    pipeline.control.deliver(word)
    step()
    expect([a.told, c.told]).toEqual([[word], [producerFinished()]])
    a.finish()
    step()
    pipeline.control.deliver(word)
    step()
    expect([a.told, c.told]).toEqual([[word], [producerFinished(), word]])
  })

  it('PIP-09 a tail that ignores producerFinished can be shut down', async () => {
    const [head, tail] = [new Probe<string>(), new Probe<string>('shutdown')]
    const pipeline = new Pipeline(head, tail)
    const step = start(pipeline)
    head.finish()
    step()
    expect([head.ended, tail.ended, tail.told.length]).toEqual([true, false, 1])
    pipeline.control.deliver(shutdownMicroprocess())
    step()
    expect([tail.ended, pipeline.ended]).toEqual([true, true])
  })

  // The first stage may end in the very step in which it would have been notified, or may never look.
  it.each([1, 2, 3, 4, 5, 6])(
    'PIP-09 a shutdown that the first stage leaves unread at its end, in its step %i, goes to the next',
    (steps) => {
      for (const wrap of [
        (stage: Deaf) => stage,
        (stage: Deaf) => new Pipeline(stage),
        (stage: Deaf) => new Pipeline(new Pipeline(new Deaf(2), stage), new Deaf(3)),
        (stage: Deaf) =>
          new Graphline({ A: stage }, { 'self.inbox': 'A.inbox', 'A.outbox': 'self.outbox' }),
        (stage: Deaf) =>
          new Graphline(
            { A: stage },
            { 'self.inbox': 'A.inbox', 'A.outbox': 'self.outbox', 'A.signal': 'self.signal' },
          ),
      ]) {
        for (let when = 0; when < 6; when++) {
          const tail = new Probe('shutdown')
          const pipeline = new Pipeline(wrap(new Deaf(steps)), tail)
          const step = start(pipeline)
          step(when)
          const word = shutdownMicroprocess()
          pipeline.control.deliver(word)
          step()
          expect(pipeline.ended).toBe(true)
          expect(tail.told.filter((each) => each === word)).toEqual([word])
        }
      }
    },
  )

  it('PIP-09 a shutdown that a stage in the middle leaves unread goes to the one after it', () => {
    const tail = new Probe('shutdown')
    const pipeline = new Pipeline(new Probe(), new Deaf(10), tail)
    const step = start(pipeline)
    step(3)
    const word = shutdownMicroprocess()
    pipeline.control.deliver(word)
    step()
    expect(tail.told).toContain(word)
    expect(pipeline.ended).toBe(true)
  })

  it('PIP-09 what is not a control message has no effect', () => {
    const a = new Probe('shutdown')
    const pipeline = new Pipeline(a)
    const step = start(pipeline)
    for (const word of [undefined, null, 0, 'stop', {}, { kind: 'stop' }])
      pipeline.control.deliver(word as never)
    step()
    expect([a.ended, pipeline.ended]).toEqual([false, false])
    pipeline.control.deliver(shutdownMicroprocess())
    step()
    expect([a.ended, pipeline.ended]).toEqual([true, true])
  })
})

describe('types', () => {
  class Numbers extends Component {
    readonly outbox: Outbox<number> = new Outbox('Numbers')
    override *main(): Main {}
  }
  class Texts extends Component {
    readonly inbox: Inbox<string> = new Inbox('Texts')
    readonly outbox: Outbox<string> = new Outbox('Texts')
    override *main(): Main {}
  }
  class Hidden extends Component {
    protected readonly inbox: Inbox<number> = new Inbox('Not for wiring')
    override *main(): Main {}
  }

  it('PIP-08 a stage that does not take what the one before sends does not compile', () => {
    // @ts-expect-error numbers are not texts
    const misfit = () => new Pipeline(new Numbers(), new Texts())
    const later = () =>
      // @ts-expect-error texts are not numbers
      new Pipeline(new Texts(), new Texts(), new Sink<number>())
    const nested = () =>
      // @ts-expect-error a pipeline of texts takes no numbers
      new Pipeline(new Numbers(), new Pipeline(new Texts(), new Texts()))
    expect([misfit, later, nested]).toHaveLength(3)
  })

  it('PIP-08 a stage may take more than the one before sends', () => {
    const sink = new Sink<string | number>()
    expect(new Pipeline(new Numbers(), sink)).toBeInstanceOf(Pipeline)
    const wide = <T>(items: T[], into: Sink<T | undefined>): Component =>
      new Pipeline(new Source(items), into)
    expect(wide([1], new Sink<number | undefined>())).toBeInstanceOf(Pipeline)
    const either: Sink<unknown> | Sink<string | number> = sink
    expect(new Pipeline(new Numbers(), either as Sink<unknown> | Sink<number>)).toBeDefined()
    // @ts-expect-error one of the two takes no numbers
    expect(() => new Pipeline(new Numbers(), either as Sink<string> | Sink<number>)).toBeDefined()
  })

  it('PIP-07 a protected box is none', () => {
    // @ts-expect-error it is protected
    expect(() => new Pipeline(new Numbers(), new Hidden())).toBeDefined()
    expectTypeOf(new Pipeline(new Hidden())).not.toHaveProperty('inbox')
  })
})
