import { Graphline, type Linkages } from '@udpng/chassis'
import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  Outbox,
  type ProducerFinished,
  producerFinished,
  shutdownMicroprocess,
} from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Deaf, Probe, Sink, Source } from './probe.js'
import { start } from './start.js'

/** What a peer looks like from outside. */
class Peer extends Component {
  readonly inbox: Inbox<string> = new Inbox('Data to send')
  readonly target: Inbox<Address> = new Inbox('New (host, port) receiver')
  readonly outbox: Outbox<readonly [data: string, from: Address]> = new Outbox('Datagrams')
  protected readonly writeReady: Inbox<undefined> = new Inbox('Socket can send')
  override *main(): Main {}
}

function raise(): never {
  throw new Error('not to be looked at')
}

/** A component that keeps what the graph says on its `signal`. */
function listenTo(graph: Component): { readonly said: Control[] } {
  const ear = new Inbox<Control>('What is said')
  link(graph.signal, ear)
  return {
    get said() {
      return [...ear]
    },
  }
}

describe('linkages', () => {
  it('GRA-01 carry messages where they say and nowhere else', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>(), C: new Probe<string>() }
    const { A, B, C } = parts
    const step = start(new Graphline(parts, { 'A.outbox': 'C.aside', 'C.outbox': 'B.inbox' }))
    A.inbox.deliver('a')
    B.inbox.deliver('b')
    C.inbox.deliver('c')
    step()
    expect([A.got, A.gotAside]).toEqual([['a'], []])
    expect([B.got, B.gotAside]).toEqual([['b', 'c'], []])
    expect([C.got, C.gotAside]).toEqual([['c'], ['a']])
    expect(B.outbox.discarded).toBe(2)
  })

  it('GRA-01 several may lead to one inbox', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>(), C: new Probe<string>() }
    const step = start(new Graphline(parts, { 'A.outbox': 'C.inbox', 'B.outbox': 'C.inbox' }))
    parts.A.inbox.deliver('a')
    parts.B.inbox.deliver('b')
    step()
    expect(parts.C.got).toEqual(['a', 'b'])
  })

  it('GRA-01 the name of a part may end with self', () => {
    const parts = { itself: new Probe<string>(), B: new Probe<string>() }
    new Graphline(parts, { 'itself.outbox': 'B.inbox', 'B.outbox': 'itself.inbox' })
    parts.itself.outbox.send('x')
    parts.B.outbox.send('y')
    expect([...parts.B.inbox, ...parts.itself.inbox]).toEqual(['x', 'y'])
  })

  it('GRA-01 a part may feed itself', () => {
    const A = new Probe<string>()
    const step = start(new Graphline({ A }, { 'A.outbox': 'A.aside' }))
    A.inbox.deliver('a')
    step()
    expect(A.gotAside).toEqual(['a'])
  })

  it('GRA-01 the original example: data and destinations meet in the peer', async () => {
    const UDP = new (class extends Peer {
      readonly got: unknown[] = []
      override *main(): Main {
        for (;;) {
          for (const address of this.target) this.got.push(address)
          for (const data of this.inbox) this.got.push(data)
          if (this.readControl()) return
          yield this.pause()
        }
      }
    })()
    await new Graphline(
      { SOURCE: new Source(['hi']), SELECT: new Source<Address>([['server1.com', 1500]]), UDP },
      {
        'SOURCE.outbox': 'UDP.inbox',
        'SELECT.outbox': 'UDP.target',
        'SOURCE.signal': 'UDP.control',
      },
    ).run()
    expect(UDP.got).toEqual([['server1.com', 1500], 'hi'])
  })
})

describe('its life', () => {
  it('GRA-02 all parts, linked or not, start when the graph starts, not before, in their order', () => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const started = () => Object.values(parts).map((part) => part.started)
    const graph = new Graphline(parts, { 'C.outbox': 'B.inbox' })
    expect(started()).toEqual([false, false, false])
    const step = start(graph)
    expect(started()).toEqual([false, false, false])
    step()
    expect(started()).toEqual([true, true, true])
    expect(Object.values(parts).map((part) => part.name)).toEqual(['A', 'B', 'C'])
    expect(graph.name).toBe('Graphline#1')
  })

  it.each([
    ['A', 'B', 'C'],
    ['B', 'C', 'A'],
    ['C', 'B', 'A'],
  ] as const)('GRA-02 it ends when all have ended, not before: %s, %s, %s', (...order) => {
    const parts = { A: new Probe('none'), B: new Probe('none'), C: new Probe('none') }
    const graph = new Graphline(parts, { 'A.outbox': 'B.inbox', 'A.signal': 'B.control' })
    const step = start(graph)
    for (const name of order) {
      step()
      expect(graph.ended).toBe(false)
      parts[name].finish()
    }
    step()
    expect(graph.ended).toBe(true)
  })

  it.each([
    ['no linkages', () => new Graphline({})],
    ['empty linkages', () => new Graphline({}, {})],
  ])('GRA-02 without parts it ends at once: %s', async (_, make) => {
    const graph = make()
    const { said } = listenTo(graph)
    expect(said).toEqual([])
    await graph.run()
    expect(graph.ended).toBe(true)
  })
})

describe('boxes of the graph', () => {
  const peers = () => ({ UDP: new Peer(), OTHER: new Peer() })

  it('GRA-03 "self.x": "A.box" and "A.box": "self.x" make graph.x that very box, and its type is known', () => {
    const parts = peers()
    const graph = new Graphline(parts, {
      'self.aim': 'UDP.target',
      'UDP.outbox': 'self.outbox',
      'self.stop': 'UDP.control',
    })
    expect(graph.aim).toBe(parts.UDP.target)
    expect(graph.outbox).toBe(parts.UDP.outbox)
    expect(graph.stop).toBe(parts.UDP.control)
    graph.aim satisfies Inbox<Address>
    expectTypeOf(graph.aim).toEqualTypeOf<Inbox<Address>>()
    expectTypeOf(graph.outbox).toEqualTypeOf<Outbox<readonly [data: string, from: Address]>>()
    expectTypeOf(graph.stop).toEqualTypeOf<Inbox<Control>>()
    expectTypeOf(graph).toExtend<Component>()
  })

  it('GRA-03 on this instance only', () => {
    const one = new Graphline(peers(), { 'self.aim': 'UDP.target' })
    const parts = peers()
    const other = new Graphline(parts, { 'self.aim': 'OTHER.target' })
    const third = new Graphline(peers())
    expect(other.aim).toBe(parts.OTHER.target)
    expect(other.aim).not.toBe(one.aim)
    expect('aim' in third).toBe(false)
    // @ts-expect-error it has no such box
    expect(third.aim).toBeUndefined()
    expect('aim' in Graphline.prototype).toBe(false)
  })

  it('GRA-03 one box may have two names, and boxes of a graph in a graph are boxes like any other', () => {
    const parts = peers()
    const inner = new Graphline(parts, { 'self.aim': 'UDP.target', 'self.too': 'UDP.target' })
    const outer = new Graphline(
      { IN: inner, SELECT: new Source<Address>([['a', 1]]) },
      { 'SELECT.outbox': 'IN.aim', 'self.again': 'IN.too' },
    )
    expect(outer.again).toBe(parts.UDP.target)
    expectTypeOf(outer.again).toEqualTypeOf<Inbox<Address>>()
  })

  it('GRA-03 what is in a box of the graph before the start reaches the part', () => {
    const A = new Probe<string>()
    const graph = new Graphline({ A }, { 'self.inbox': 'A.inbox' })
    graph.inbox.deliver('early')
    start(graph)()
    expect(A.got).toEqual(['early'])
  })

  it('GRA-03 it can be extended as a class', () => {
    const wiring = { 'self.inbox': 'A.inbox', 'A.outbox': 'self.outbox' } as const
    class Wrapped extends Graphline<{ A: Probe<string> }, typeof wiring> {
      constructor() {
        super({ A: new Probe<string>() }, wiring)
      }
    }
    const wrapped = new Wrapped()
    expectTypeOf(wrapped.inbox).toEqualTypeOf<Inbox<string>>()
    expect(wrapped.inbox).toBeInstanceOf(Inbox)
    expect(wrapped.name).toBe('Wrapped')
  })

  it('GRA-03 linkages may be written apart from the graph', () => {
    const parts = peers()
    const linkages = { 'self.aim': 'UDP.target' } as const satisfies Linkages<typeof parts>
    expectTypeOf(new Graphline(parts, linkages).aim).toEqualTypeOf<Inbox<Address>>()
  })
})

describe('self.control not wired', () => {
  it('GRA-04 each message goes to every living part whose control nothing feeds, and to no other', () => {
    const parts = { A: new Probe('none'), B: new Probe('none'), C: new Probe('none') }
    const graph = new Graphline(parts, { 'A.signal': 'B.control' })
    const words = [producerFinished(), shutdownMicroprocess(), producerFinished()]
    for (const word of words.slice(0, 2)) graph.control.deliver(word)
    const step = start(graph)
    step()
    graph.control.deliver(words[2] as Control)
    step()
    expect([parts.A.told, parts.B.told, parts.C.told]).toEqual([words, [], words])
    expect(parts.A.told[1]).toBe(words[1])
  })

  it('GRA-04 once the part that feeds it has ended, a part gets them too', () => {
    const parts = { A: new Probe('none'), B: new Probe<Control>('none'), C: new Probe('none') }
    const { A, B, C } = parts
    const graph = new Graphline(parts, { 'A.signal': 'C.control', 'B.outbox': 'C.control' })
    const step = start(graph)
    step()
    A.finish()
    step()
    const word = shutdownMicroprocess()
    graph.control.deliver(word)
    step()
    expect([A.told, B.told, C.told]).toEqual([[], [word], [producerFinished()]])
    B.finish()
    step()
    graph.control.deliver(word)
    step()
    expect([A.told, B.told, C.told]).toEqual([[], [word], [producerFinished(), word]])
  })

  it('GRA-04 once the inner part that feeds it has ended, though the graph around that one lives', () => {
    const inner = { X: new Probe('none'), Y: new Probe('none') }
    const parts = { IN: new Graphline(inner, { 'X.signal': 'self.signal' }), B: new Probe('none') }
    const graph = new Graphline(parts, { 'IN.signal': 'B.control' })
    const step = start(graph)
    step()
    const [first, second] = [producerFinished(), shutdownMicroprocess()]
    graph.control.deliver(first)
    step()
    expect([inner.Y.told, parts.B.told]).toEqual([[first], []])
    inner.X.finish()
    step()
    graph.control.deliver(second)
    step()
    expect(parts.IN.ended).toBe(false)
    expect([inner.Y.told, parts.B.told]).toEqual([
      [first, second],
      [producerFinished(), second],
    ])
  })

  it('GRA-09 a message reaches one part of each ring of parts that feed only each other', () => {
    const [A, B, C, D, E] = [0, 1, 2, 3, 4].map(() => new Probe()) as [
      Probe,
      Probe,
      Probe,
      Probe,
      Probe,
    ]
    const graph = new Graphline(
      { A, B, C, D, E },
      {
        'A.signal': 'B.control',
        'B.signal': 'A.control',
        'C.signal': 'D.control',
        'D.signal': 'D.control',
        'E.signal': 'E.control',
      },
    )
    graph.control.deliver(producerFinished())
    const step = start(graph)
    for (let i = 0; i < 5; i++) step()
    expect([A, B, C, D, E].map(({ ended }) => ended)).toEqual([true, true, true, true, true])
    expect(graph.ended).toBe(true)
  })

  it('GRA-04 GRA-09 of parts that feed each other only the first gets it, until one has ended', () => {
    const parts = { A: new Probe('none'), B: new Probe('none') }
    const graph = new Graphline(parts, { 'A.signal': 'B.control', 'B.signal': 'A.control' })
    const step = start(graph)
    step()
    const word = shutdownMicroprocess()
    graph.control.deliver(word)
    step()
    expect([parts.A.told, parts.B.told]).toEqual([[word], []])
    parts.A.finish()
    step()
    graph.control.deliver(word)
    step()
    expect([parts.A.told, parts.B.told]).toEqual([[word], [producerFinished(), word]])
  })

  it('GRA-04 that the graph shows the control of a part does not keep messages from it', () => {
    const A = new Probe('none')
    const graph = new Graphline({ A }, { 'self.stop': 'A.control' })
    const step = start(graph)
    graph.control.deliver(producerFinished())
    step()
    expect(A.told).toEqual([producerFinished()])
  })

  it('GRA-04 a shutdown that a part leaves unread goes on to those it would have told, and no part gets it twice', () => {
    for (let steps = 1; steps < 6; steps++) {
      const parts = { A: new Deaf(steps), B: new Probe('shutdown'), C: new Probe('none') }
      const graph = new Graphline(parts, { 'A.signal': 'B.control' })
      const step = start(graph)
      step(3)
      const word = shutdownMicroprocess()
      graph.control.deliver(word)
      step()
      expect(parts.B.told).toEqual([producerFinished(), word])
      expect(parts.C.told).toEqual([word])
      parts.C.finish()
      step()
      expect(graph.ended).toBe(true)
    }
  })
})

describe('self.control wired', () => {
  it('GRA-04 messages go to that part alone, and once it has ended to all that live', () => {
    const parts = { A: new Probe('none'), B: new Probe('none'), C: new Probe('none') }
    const { A, B, C } = parts
    const graph = new Graphline(parts, { 'self.control': 'B.control', 'A.signal': 'C.control' })
    const first = producerFinished()
    graph.control.deliver(first)
    const step = start(graph)
    step()
    expect([A.told, B.told, C.told]).toEqual([[], [first], []])
    B.finish()
    step()
    const word = shutdownMicroprocess()
    graph.control.deliver(word)
    step()
    expect([A.told, B.told, C.told]).toEqual([[word], [first], [word]])
  })

  it('GRA-04 the box may be another one that takes control messages', () => {
    class Stoppable extends Component {
      readonly stop: Inbox<Control | string> = new Inbox('Another way to end it')
      override *main(): Main {
        while (!this.stop.ready) yield this.pause()
      }
    }
    const A = new Stoppable()
    const graph = new Graphline({ A, B: new Probe() }, { 'self.control': 'A.stop' })
    expect(graph.control).not.toBe(A.stop)
    expectTypeOf(graph.control).toEqualTypeOf<Inbox<Control>>()
    const step = start(graph)
    step()
    // A leaves the message itself unread, so that it goes on to the others.
    graph.control.deliver(shutdownMicroprocess())
    step()
    expect([A.ended, graph.ended]).toEqual([true, true])
  })

  it('GRA-04 a shutdown that this part leaves unread goes to all that live', () => {
    for (let when = 0; when < 6; when++) {
      const parts = { A: new Probe(), B: new Deaf(3), C: new Probe('shutdown') }
      const graph = new Graphline(parts, { 'self.control': 'B.control', 'B.signal': 'C.control' })
      const step = start(graph)
      step(when)
      graph.control.deliver(shutdownMicroprocess())
      step()
      expect(graph.ended).toBe(true)
    }
  })
})

describe('its signal', () => {
  it('GRA-05 not wired: producerFinished when all parts have ended, nothing before', () => {
    const parts = { A: new Probe(), B: new Probe() }
    const graph = new Graphline(parts, { 'A.outbox': 'B.inbox' })
    const ear = listenTo(graph)
    const step = start(graph)
    step()
    parts.A.finish()
    step()
    expect(ear.said).toEqual([])
    parts.B.finish()
    step()
    expect(ear.said).toEqual([producerFinished()])
  })

  it('CTL-05 GRA-05 not wired: what throws when it is looked at is not passed on', () => {
    const parts = { A: new Probe('none') }
    const graph = new Graphline(parts)
    const ear = listenTo(graph)
    const step = start(graph)
    for (const odd of [undefined, Object.defineProperty({}, 'kind', { get: () => raise() })])
      graph.control.deliver(odd as Control)
    step()
    parts.A.finish()
    step()
    expect([graph.ended, ear.said]).toEqual([true, [producerFinished()]])
  })

  it('GRA-05 not wired: the same shutdownMicroprocess that it handed out', () => {
    const parts = { A: new Probe(), B: new Probe('none') }
    const graph = new Graphline(parts)
    const ear = listenTo(graph)
    const step = start(graph)
    const word = shutdownMicroprocess({ cause: 'enough' })
    graph.control.deliver(producerFinished())
    graph.control.deliver(word)
    step()
    expect([parts.A.ended, ear.said]).toEqual([true, []])
    graph.control.deliver(shutdownMicroprocess())
    parts.B.finish()
    step()
    const said = ear.said
    expect(said).toEqual([word])
    expect(said[0]).toBe(word)
  })

  it("GRA-05 wired: it is that part's, and the graph adds nothing of its own", () => {
    for (const word of [producerFinished(), shutdownMicroprocess()]) {
      const parts = { A: new Probe(), B: new Probe() }
      const graph = new Graphline(parts, { 'A.signal': 'self.signal' })
      expect(graph.signal).toBe(parts.A.signal)
      const ear = listenTo(graph)
      const step = start(graph)
      graph.control.deliver(word)
      step()
      expect(graph.ended).toBe(true)
      const said = ear.said
      expect(said).toEqual([word])
      expect(said[0]).toBe(word)
    }
  })

  it('GRA-05 wired: the box may be another one that sends control messages', () => {
    const A = new Probe<ProducerFinished>()
    const graph = new Graphline({ A }, { 'A.outbox': 'self.signal' })
    expect(graph.signal).toBe(A.outbox)
    expectTypeOf(graph.signal).toEqualTypeOf<Outbox<Control>>()
  })

  it('GRA-05 wired, and that part says nothing: nothing is said when the others end', () => {
    const parts = { A: new Probe<Control>('none'), B: new Probe() }
    const graph = new Graphline(parts, { 'A.outbox': 'self.signal' })
    const step = start(graph)
    const ear = listenTo(graph)
    parts.A.finish()
    parts.B.finish()
    step()
    expect([graph.ended, ear.said]).toEqual([true, []])
  })
})

describe('types', () => {
  const parts = () => ({
    DATA: new Source(['hi']),
    SELECT: new Source<Address>([]),
    UDP: new Peer(),
  })

  // Nothing here is run: each line is there for the compiler.
  it('GRA-07 a wrong message type, a misspelt box, a protected box and an unknown key do not compile', () => {
    const refused = () => [
      new Graphline(parts(), {
        // @ts-expect-error addresses are not data
        'SELECT.outbox': 'UDP.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error misspelt: to
        'DATA.outbox': 'UDP.inbx',
      }),
      new Graphline(parts(), {
        'DATA.outbox': 'UDP.inbox',
        // @ts-expect-error misspelt: from
        'SELECT.outbx': 'UDP.target',
      }),
      new Graphline(parts(), {
        // @ts-expect-error a protected box
        'DATA.outbox': 'UDP.writeReady',
      }),
      new Graphline(parts(), {
        // @ts-expect-error a protected box
        'self.x': 'UDP.writeReady',
      }),
      new Graphline(parts(), {
        // @ts-expect-error no such part
        'NIX.outbox': 'UDP.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error no such part
        'DATA.outbox': 'NIX.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error no key at all
        linkages: 'UDP.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error an inbox leads nowhere
        'UDP.inbox': 'UDP.target',
      }),
      new Graphline(parts(), {
        // @ts-expect-error self to self
        'self.in': 'self.out',
      }),
      // @ts-expect-error a number is not a component
      new Graphline({ A: 1 }),
    ]
    expect(refused).toBeTypeOf('function')
  })

  it('GRA-07 nor does a box of the graph that cannot be', () => {
    const refused = () => [
      new Graphline(parts(), {
        // @ts-expect-error data is not a control message
        'self.control': 'UDP.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error data is not a control message
        'DATA.outbox': 'self.signal',
      }),
      new Graphline(parts(), {
        // @ts-expect-error every component has a method of this name
        'self.run': 'UDP.inbox',
      }),
      new Graphline(parts(), {
        // @ts-expect-error every component has a name
        'UDP.outbox': 'self.name',
      }),
      new Graphline(parts(), {
        // @ts-expect-error control is an inbox
        'UDP.signal': 'self.control',
      }),
      new Graphline(parts(), {
        // @ts-expect-error signal is an outbox
        'self.signal': 'UDP.control',
      }),
    ]
    expect(refused).toBeTypeOf('function')
  })

  it('GRA-07 what fits compiles: wider inboxes, type parameters, boxes of never, parts by a list', () => {
    const wide = new Graphline(
      { A: new Source([1]), B: new Sink<unknown>() },
      { 'A.outbox': 'B.inbox' },
    )
    const generic = <T>(items: T[], B: Sink<T>): Component =>
      new Graphline({ A: new Source(items), B }, { 'A.outbox': 'B.inbox' })
    const empty = new Graphline(
      { A: new Deaf(1), B: new Sink<string>() },
      { 'A.outbox': 'B.inbox', 'self.inbox': 'A.inbox' },
    )
    const list: Record<string, Component> = { A: new Probe(), B: new Probe() }
    const many = new Graphline(list, { 'A.signal': 'B.control', 'self.stop': 'A.control' })
    expectTypeOf(many.stop).toEqualTypeOf<Inbox<Control>>()
    expectTypeOf(empty.inbox).toEqualTypeOf<Inbox<unknown>>()
    expect([wide, generic(['a'], new Sink<string>())]).toHaveLength(2)
  })
})
