import { Graphline, type Linkages, Pipeline } from '@udpng/chassis'
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
import { refusal, start } from './start.js'

/** What a peer looks like from outside. */
class Peer extends Component {
  readonly inbox: Inbox<string> = new Inbox('Data to send')
  readonly target: Inbox<Address> = new Inbox('New (host, port) receiver')
  readonly outbox: Outbox<readonly [data: string, from: Address]> = new Outbox('Datagrams')
  protected readonly writeReady: Inbox<undefined> = new Inbox('Socket can send')
  override *main(): Main {}
}

// As a program without types would call it.
const Untyped = Graphline as unknown as new (
  parts: unknown,
  linkages?: unknown,
) => Component & Readonly<Record<string, unknown>>

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

describe('what it refuses', () => {
  const wiring: [what: string, linkages: object, code: string, ...says: (string | RegExp)[]][] = [
    ['an unknown part', { 'A.outbox': 'NIX.inbox' }, 'BAD_LINK', 'NIX.inbox', 'A.inbox', 'B.inbox'],
    [
      'an unknown part to come from',
      { 'NIX.outbox': 'A.inbox' },
      'BAD_LINK',
      'NIX.outbox',
      'A.outbox',
    ],
    ['an unknown inbox', { 'A.outbox': 'B.inbx' }, 'BAD_LINK', 'B.inbx', 'did you mean B.inbox?'],
    [
      'an unknown outbox',
      { 'A.outbx': 'B.inbox' },
      'BAD_LINK',
      'A.outbx',
      'did you mean A.outbox?',
    ],
    ['an outbox to lead to', { 'A.outbox': 'B.outbox' }, 'BAD_LINK', 'no inbox B.outbox'],
    ['an inbox to come from', { 'A.inbox': 'B.inbox' }, 'BAD_LINK', 'no outbox A.inbox'],
    ['a field that is not a box', { 'A.got': 'B.inbox' }, 'BAD_LINK', 'no outbox A.got'],
    ['something inherited', { 'A.constructor': 'B.inbox' }, 'BAD_LINK', 'no outbox A.constructor'],
    ['a part without box', { A: 'B.inbox' }, 'BAD_LINK', 'no outbox A; there are A.signal'],
    ['a place that is not text', { 'A.outbox': undefined }, 'BAD_LINK', 'no inbox undefined'],
    [
      'self to self',
      { 'self.in': 'self.out' },
      'BAD_LINK',
      'self.in',
      'no inbox self.out',
      'A.inbox',
      'B.aside',
    ],
    ['an invalid box of self', { 'self.': 'B.inbox' }, 'BAD_LINK', 'no outbox self.'],
    [
      'self to an unknown inbox',
      { 'self.x': 'B.outbox' },
      'BAD_LINK',
      'no inbox B.outbox',
      'B.inbox',
    ],
    [
      'an unknown outbox to self',
      { 'B.inbox': 'self.x' },
      'BAD_LINK',
      'no outbox B.inbox',
      'B.outbox',
    ],
    ['control as a way out', { 'A.outbox': 'self.control' }, 'BAD_LINK', 'self.control'],
    ['signal as a way in', { 'self.signal': 'A.inbox' }, 'BAD_LINK', 'self.signal'],
    ['the name of a method', { 'self.run': 'A.inbox' }, 'BAD_LINK', 'self.run'],
    ['the name of a protected method', { 'self.pause': 'A.inbox' }, 'BAD_LINK', 'self.pause'],
    ['the name of an inherited thing', { 'A.outbox': 'self.toString' }, 'BAD_LINK', 'toString'],
  ]

  it.each(wiring)('GRA-06 %s: no link is left behind', (_, linkages, code, ...says) => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const { A, B, C } = parts
    const all = { 'C.outbox': 'A.inbox', ...linkages, 'C.signal': 'A.control' }
    const error = refusal(() => new Untyped(parts, all))
    expect(error.code).toBe(code)
    for (const text of [...says, ...(Object.entries(linkages).at(-1) as string[])])
      expect(error.message).toContain(`${text}`)
    for (const part of [A, B, C])
      expect([part.outbox.linked, part.signal.linked]).toEqual([false, false])
  })

  it.each([
    [
      'one name for an inbox and an outbox',
      { 'self.x': 'A.inbox', 'B.outbox': 'self.x' },
      'linkage "B.outbox": "self.x": self.x is an inbox by linkage "self.x": "A.inbox"; choose another name for one of the two',
    ],
    [
      'the same, the other way round',
      { 'B.outbox': 'self.x', 'self.x': 'A.inbox' },
      'linkage "B.outbox": "self.x": self.x is an inbox by linkage "self.x": "A.inbox"; choose another name for one of the two',
    ],
    [
      'two signals',
      { 'A.signal': 'self.signal', 'B.signal': 'self.signal' },
      'linkage "B.signal": "self.signal": linkage "A.signal": "self.signal" leads to self.signal already; leave out one of them, or both: then the graph sends one signal when all parts have ended',
    ],
    [
      'the name of what every graph has',
      { 'self.run': 'A.inbox' },
      'linkage "self.run": "A.inbox": every graph has a run of its own; choose another name',
    ],
  ])('TYP-10 %s: the message names both places, no link is left behind', (_, linkages, message) => {
    const parts = { A: new Probe(), B: new Probe(), C: new Probe() }
    const all = { 'C.outbox': 'A.inbox', 'A.outbox': 'self.y', 'C.signal': 'self.y', ...linkages }
    const error = refusal(() => new Untyped(parts, all))
    expect([error.code, error.message]).toEqual(['BAD_LINK', message])
    for (const part of Object.values(parts))
      expect([part.outbox.linked, part.signal.linked]).toEqual([false, false])
  })

  it('GRA-06 only the boxes of the part are listed when the part is known', () => {
    const error = refusal(
      () => new Untyped({ A: new Probe(), B: new Probe() }, { 'A.x': 'B.inbox' }),
    )
    expect(error.message).toBe(
      'cannot make linkage "A.x": "B.inbox": there is no outbox A.x; there are A.signal, A.outbox',
    )
  })

  it.each([
    [
      'self',
      'cannot create Graphline: no part can be called "self"; self is the graph; choose another name',
    ],
    [
      'a.b',
      'cannot create Graphline: no part can be called "a.b"; a dot ends the name of a part in linkages such as "a.b.outbox"; choose another name',
    ],
    [
      '.',
      'cannot create Graphline: no part can be called "."; a dot ends the name of a part in linkages such as "..outbox"; choose another name',
    ],
  ])('TYP-10 GRA-06 a part named "%s"', (name, message) => {
    const error = refusal(() => new Untyped({ A: new Probe(), [name]: new Probe() }))
    expect([error.code, error.message]).toEqual(['BAD_OPTION', message])
  })

  it('TYP-10 GRA-06 one component under two names', () => {
    const probe = new Probe()
    const error = refusal(() => new Graphline({ A: probe, B: new Probe(), C: probe }))
    expect(error.code).toBe('BAD_OPTION')
    expect(error.message).toMatch(/part A and part C .*Probe/)
  })

  it.each([
    ['nothing', undefined],
    ['a class', Probe],
    ['text', 'Probe'],
  ])('GRA-06 a part that is not a component: %s', (_, part) => {
    const error = refusal(() => new Untyped({ A: new Probe(), B: part }))
    expect(error.code).toBe('BAD_OPTION')
    expect(error.message).toContain('part B is')
  })

  it('GRA-06 an outbox already linked: its link stays, no other is left behind', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>(), C: new Probe<string>() }
    const { A, B, C } = parts
    const elsewhere = new Inbox<string>('Elsewhere')
    link(B.outbox, elsewhere)
    const error = refusal(
      () =>
        new Graphline(parts, {
          'A.outbox': 'C.inbox',
          'B.outbox': 'C.inbox',
          'C.outbox': 'A.inbox',
        }),
    )
    expect(error.code).toBe('BOX_ALREADY_LINKED')
    expect(error.message).toContain('"B.outbox": "C.inbox"')
    expect(error.message).toContain('Elsewhere')
    expect([A.outbox.linked, B.outbox.linked, C.outbox.linked]).toEqual([false, true, false])
    B.outbox.send('still')
    expect(elsewhere.recv()).toBe('still')
    // the parts are free for another attempt
    new Graphline(parts, { 'A.outbox': 'C.inbox' })
    A.outbox.send('again')
    expect(C.inbox.recv()).toBe('again')
  })

  it('GRA-06 an outbox that a pipeline among the parts has linked', () => {
    const [a, b] = [new Probe<string>(), new Probe<string>()]
    const CHAIN = new Pipeline(a, b)
    const error = refusal(
      () => new Graphline({ CHAIN, SINK: new Sink<string>(), A: a }, { 'A.outbox': 'SINK.inbox' }),
    )
    expect(error.code).toBe('BOX_ALREADY_LINKED')
    a.outbox.send('x')
    expect(b.inbox.recv()).toBe('x')
  })

  it('GRA-08 __proto__ and constructor are plain names of parts', () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const [A, B, C] = [new Probe<string>(), new Probe<string>(), new Probe<string>()]
    const parts = { ['__proto__']: A, constructor: B, C }
    const step = start(
      new Untyped(parts, {
        '__proto__.outbox': 'constructor.inbox',
        'constructor.outbox': 'C.inbox',
      }),
    )
    A.inbox.deliver('x')
    step()
    expect([B.got, C.got]).toEqual([['x'], ['x']])
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  })

  it('GRA-08 what an object inherits is not a part', () => {
    const error = refusal(
      () => new Untyped(Object.create({ A: new Probe() }), { 'A.outbox': 'A.inbox' }),
    )
    expect(error.message).toContain('no outbox A.outbox; there are none')
    for (const name of ['__proto__', 'constructor'])
      expect(
        refusal(() => new Untyped({ A: new Probe() }, { [`${name}.outbox`]: 'A.inbox' })).code,
      ).toBe('BAD_LINK')
  })

  it.each(['__proto__', 'constructor', 'prototype.x', 'hasOwnProperty'])(
    'GRA-08 a box self.%s changes no prototype',
    (name) => {
      const before = Object.getOwnPropertyNames(Object.prototype)
      const probe = new Probe()
      try {
        const graph = new Untyped({ A: probe }, { [`self.${name}`]: 'A.inbox' })
        expect(Object.getPrototypeOf(graph)).toBe(Graphline.prototype)
        expect(graph[name]).toBe(probe.inbox)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_LINK' })
      }
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
      expect(Object.getPrototypeOf(new Graphline({}))).toBe(Graphline.prototype)
    },
  )
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
