import { Graphline, Pipeline } from '@udpng/chassis'
import { type Component, Inbox, link } from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { Probe, Sink } from './probe.js'
import { refusal, start } from './start.js'

// As a program without types would call it.
const Untyped = Graphline as unknown as new (
  parts: unknown,
  linkages?: unknown,
) => Component & Readonly<Record<string, unknown>>

describe('what a graph refuses', () => {
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
    [
      'an inbox of self that leads to no inbox',
      { 'self.in': [] },
      'BAD_LINK',
      'linkage "self.in": "": self.in is one inbox; lead it to one inbox',
    ],
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

  /** Has a notice to itself. */
  class Noted extends Probe {
    protected readonly notice: Inbox<undefined> = new Inbox('A notice', { role: 'internal' })
  }

  it.each([
    [
      'only boxes of the part, if there is such a part',
      { 'A.xyz': 'B.inbox' },
      '"A.xyz": "B.inbox": there is no outbox A.xyz; there are A.signal, A.outbox',
    ],
    [
      'no notices of a component to itself',
      { 'B.outbox': 'A.xyz' },
      '"B.outbox": "A.xyz": there is no inbox A.xyz; there are A.control, A.inbox, A.aside, A.orders',
    ],
    [
      'the boxes of all parts, if there is no such part',
      { 'XYZ.outbox': 'A.inbox' },
      '"XYZ.outbox": "A.inbox": there is no outbox XYZ.outbox; there are A.signal, A.outbox, AB.signal, AB.outbox, B.signal, B.outbox',
    ],
  ])('GRA-06 an unknown box: the message lists %s', (_, linkages, message) => {
    const parts = { A: new Noted(), AB: new Probe(), B: new Probe() }
    const error = refusal(() => new Untyped(parts, linkages))
    expect(error.message).toBe(`cannot make linkage ${message}`)
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
    ['nothing', undefined, 'undefined'],
    ['a class', Probe, 'function Probe'],
    ['text', 'Probe', '"Probe"'],
  ])('GRA-06 a part that is not a component: %s', (_, part, shown) => {
    const error = refusal(() => new Untyped({ A: new Probe(), B: part }))
    expect([error.code, error.message]).toEqual([
      'BAD_OPTION',
      `cannot create Graphline: part B is ${shown}; it must be a component`,
    ])
  })

  it('GRA-06 an outbox already linked: its link stays, no other is left behind', () => {
    const parts = { A: new Probe<string>(), B: new Probe<string>(), C: new Probe<string>() }
    const { A, B, C } = parts
    const elsewhere = new Inbox<string>('Elsewhere')
    link(B.outbox, elsewhere)
    start(B)
    const error = refusal(
      () =>
        new Graphline(parts, {
          'A.outbox': 'C.inbox',
          'B.outbox': 'C.inbox',
          'C.outbox': 'A.inbox',
        }),
    )
    expect(error.code).toBe('BOX_ALREADY_LINKED')
    expect(error).toMatchObject({
      message: expect.stringMatching(/^linkage "B.outbox": "C.inbox": cannot link .*Elsewhere/),
      component: 'Probe#1',
      box: 'outbox',
      cause: { code: 'BOX_ALREADY_LINKED' },
    })
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
