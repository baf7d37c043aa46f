import { Graphline, Pipeline, Sessions } from '@udpng/chassis'
import { Component, Inbox, type Main, Outbox, UdpngError } from '@udpng/core'
import type { Address, Letter } from '@udpng/datagram'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Probe, Sink } from './probe.js'
import { A, Rig } from './rig.js'
import { refusal } from './start.js'

const echo = () => new Probe<Buffer>()

describe('types', () => {
  class Numbers extends Component {
    readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
    readonly outbox: Outbox<number> = new Outbox('Numbers')
    override *main(): Main {}
  }
  class Texts extends Component {
    readonly inbox: Inbox<string> = new Inbox('Texts')
    override *main(): Main {}
  }
  class Hidden extends Component {
    protected readonly inbox: Inbox<Buffer> = new Inbox('Not for wiring')
    override *main(): Main {}
  }
  class Bytes extends Component {
    readonly inbox: Inbox<Uint8Array> = new Inbox('Bytes')
    readonly outbox: Outbox<string | Uint8Array> = new Outbox('Anything that can be sent')
    override *main(): Main {}
  }

  it('SES-11 the child must take buffers and send what can be sent: else it does not compile', () => {
    // @ts-expect-error it takes texts
    expect(() => new Sessions(() => new Texts())).toBeDefined()
    // @ts-expect-error it sends numbers
    expect(() => new Sessions(() => new Numbers())).toBeDefined()
    // @ts-expect-error its inbox is protected
    expect(() => new Sessions(() => new Hidden())).toBeDefined()
    // @ts-expect-error it is not a component
    expect(() => new Sessions(() => 'echo')).toBeDefined()
    // @ts-expect-error a pipeline that takes texts
    expect(() => new Sessions(() => new Pipeline(new Probe<string>(), new Texts()))).toBeDefined()
    // @ts-expect-error one of the two takes texts
    expect(() => new Sessions(([, port]) => (port > 1 ? new Bytes() : new Texts()))).toBeDefined()
    // @ts-expect-error a promise is not a component
    expect(() => new Sessions(async () => new Bytes())).toBeDefined()
    // @ts-expect-error there is no such option
    expect(() => new Sessions(() => new Bytes(), { idle: 1 })).toBeDefined()
  })

  it('SES-11 it may take more than that, send less, or nothing', () => {
    const all = [
      new Sessions(() => new Bytes()),
      new Sessions(() => new Probe<Buffer>()),
      new Sessions(() => new Sink<unknown>()),
      new Sessions(() => new Pipeline(new Probe<Buffer>(), new Bytes())),
      new Sessions(([, port]) => (port > 1 ? new Bytes() : new Sink<Buffer>())),
      new Sessions((source) => {
        expectTypeOf(source).toEqualTypeOf<Address>()
        return new Graphline({ B: new Bytes() }, { 'self.inbox': 'B.inbox' })
      }),
    ] satisfies Sessions[]
    expect(all).toHaveLength(6)
    expectTypeOf<Sessions['outbox']>().toEqualTypeOf<Outbox<Letter>>()
  })

  it('SES-11 its boxes are those of a PostboxPeer, the other way round', () => {
    class Peer extends Component {
      readonly inbox: Inbox<Letter> = new Inbox('[host, port, data] to send')
      readonly outbox: Outbox<readonly [data: Buffer, from: Address]> = new Outbox('Datagrams')
      override *main(): Main {}
    }
    const parts = { UDP: new Peer(), SESSIONS: new Sessions(() => new Bytes()) }
    const graph = new Graphline(parts, {
      'UDP.outbox': 'SESSIONS.inbox',
      'SESSIONS.outbox': 'UDP.inbox',
    })
    expect(graph).toBeInstanceOf(Component)
    const turned = new Graphline(
      { UDP: new Peer(), SESSIONS: new Sessions(() => new Bytes()) },
      // @ts-expect-error a letter is not a datagram
      { 'SESSIONS.outbox': 'SESSIONS.inbox' },
    )
    expect(turned).toBeInstanceOf(Component)
  })
})

describe('options', () => {
  const Untyped = Sessions as unknown as new (...args: unknown[]) => Sessions
  const wrong: [what: string, args: unknown[], ...says: string[]][] = [
    ['no factory', [], 'cannot create Sessions: make is undefined; it must be a function of'],
    ['an invalid factory', [{}], 'make', 'a function'],
    ['invalid options', [echo, 5], 'options is 5', 'an object'],
    ['null', [echo, null], 'cannot create Sessions: options is null'],
    ['a misspelt option', [echo, { idle: 1 }], 'unknown option "idle"; did you mean idleMs?'],
    ['an unknown option', [echo, { ttl: 1 }], 'idleMs, capacity, perHost, onChildFailure'],
    ...[0, -1, 0.5, NaN, -Infinity, '1', null].map((idleMs): [string, unknown[], ...string[]] => [
      `idleMs ${idleMs}`,
      [echo, { idleMs }],
      `idleMs is ${idleMs === '1' ? '"1"' : idleMs}`,
      '>= 1, or Infinity',
    ]),
    ...['capacity', 'perHost'].flatMap((option) =>
      [0, -1, 1.5, NaN, Infinity, '1', null].map((value): [string, unknown[], ...string[]] => [
        `${option} ${value}`,
        [echo, { [option]: value }],
        `${option} is ${value === '1' ? '"1"' : value}`,
        'a whole number of sessions >= 1',
      ]),
    ),
    ...['never', '', null, 1].map((onChildFailure): [string, unknown[], ...string[]] => [
      `onChildFailure ${onChildFailure}`,
      [echo, { onChildFailure }],
      `onChildFailure is ${typeof onChildFailure === 'string' ? JSON.stringify(onChildFailure) : onChildFailure}`,
      '"isolate" or "stop"',
    ]),
  ]

  it.each(wrong)('SES-12 %s is refused', (_, args, ...says) => {
    const error = refusal(() => new Untyped(...args))
    expect(error).toBeInstanceOf(UdpngError)
    expect(error.code).toBe('BAD_OPTION')
    for (const text of says) expect(error.message).toContain(text)
  })

  it('SES-12 what is undefined was not given', async () => {
    const rig = new Rig(echo, { idleMs: undefined, capacity: undefined } as object, { room: 2000 })
    for (let port = 1; port <= 1025; port++) rig.send([A[0], port], 'x')
    rig.step(100)
    expect(rig.sessions.stats).toMatchObject({ started: 1025, evicted: 1 })
    await rig.pass(60_000)
    expect(rig.sessions.stats).toMatchObject({ started: 1025, ended: 1025, idle: 1024 })
  })
})
