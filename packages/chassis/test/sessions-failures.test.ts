import { Pipeline, Sessions } from '@udpng/chassis'
import {
  Component,
  Inbox,
  link,
  type Main,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import type { Address } from '@udpng/datagram'
import { describe, expect, it, vi } from 'vitest'
import { Probe } from './probe.js'
import { A, B, C, D, Gate, NOTHING, Rig, Sleeper } from './rig.js'

/** Fails in its first step, as a peer does whose socket cannot be opened. */
class Failing extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  readonly #why: unknown

  constructor(why: unknown) {
    super()
    this.#why = why
  }

  // biome-ignore lint/correctness/useYield: it does not get that far
  override *main(): Main {
    throw this.#why
  }
}

/** Holds one of a limited number of things while it lives; none is left: it fails with what the system says. */
class Holder extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  readonly #system: { left: number }
  readonly #code: string
  #holds = false

  constructor(system: { left: number }, code = 'EMFILE') {
    super()
    this.#system = system
    this.#code = code
  }

  override *main(): Main {
    if (this.#system.left === 0) throw systemError(this.#code)
    this.#system.left--
    this.#holds = true
    for (;;) {
      for (const _ of this.inbox);
      if (this.readControl()) return
      yield this.pause()
    }
  }

  protected override onEnd(): void {
    if (this.#holds) this.#system.left++
  }
}

function systemError(code: string, details: object = {}): Error {
  return Object.assign(new Error(`${code}: as the system says`), { code, ...details })
}

const host = (n: number, port = 1): Address => [`198.51.${n >> 8}.${n & 0xff}`, port]
const failuresOf = (rig: Rig<never>): UdpngError[] =>
  rig.events.flatMap((event) => (event.kind === 'failed' ? [event.error] : []))

describe('a child that fails', () => {
  it.each(['stop', 'isolate'] as const)(
    'SES-14 ends its session alone, whatever onFailure is ("%s"); what it left unread is counted as failed',
    (onFailure) => {
      const rig = new Rig(() => new Probe<Buffer>(), {}, { onFailure })
      for (const source of [A, B]) rig.send(source, '1')
      rig.step()
      rig.child(0).fail(new Error('no such luck'))
      rig.send(A, 'taken')
      rig.step(1)
      rig.send(A, 'in a new session')
      rig.send(B, '2')
      rig.step()
      expect(rig.sources).toEqual([A, B, A])
      expect(rig.made.map(({ got }) => got.map(String))).toEqual([
        ['1', 'taken'],
        ['1', '2'],
        ['in a new session'],
      ])
      expect(rig.sessions.stats).toMatchObject({ started: 3, ended: 1, failed: 1, evicted: 0 })
      expect(rig.sessions.ended).toBe(false)
    },
  )

  it('SES-14 a failure anywhere in a session closes all of it at once, the deaf too, and no other', () => {
    const parts: Component[] = []
    const rig = new Rig(() => {
      const [first, failing, last] = [new Probe<Buffer>(), new Probe<Buffer>(), new Sleeper()]
      parts.push(first, failing, last)
      return new Pipeline(first, failing, last)
    })
    for (const source of [A, B]) rig.send(source, '1')
    rig.step()
    ;(parts[1] as Probe).fail(new Error('no such luck'))
    rig.scheduler.step()
    expect(parts.map(({ ended }) => ended)).toEqual([true, true, true, false, false, false])
    expect(rig.sessions.stats).toMatchObject({ started: 2, ended: 1, failed: 1 })
    expect(rig.clock.pending).toBe(1)
  })

  it('SES-14 datagrams that it did not take are counted as failed, whichever part holds the inbox', () => {
    const rig = new Rig(([host]) => {
      if (host === A[0]) return new Failing(new Error('at once')) as never
      if (host === B[0]) throw new Error('not made')
      return new Pipeline(new Gate(), new Failing(new Error('behind it'))) as never
    })
    for (const source of [A, B, C]) for (let i = 0; i < 3; i++) rig.send(source, `${i}`)
    rig.step()
    expect(rig.sessions.stats).toMatchObject({
      received: 9,
      passed: 6,
      failed: 3,
      dropped: { ...NOTHING, failed: 9 },
      undelivered: { ...NOTHING, failed: 3 },
    })
  })

  it('SES-14 with onChildFailure "stop" and onFailure "isolate" its letters still leave; it is neither idle nor reported', async () => {
    const options = { idleMs: 1000, onChildFailure: 'stop' } as const
    const rig = new Rig(() => new Probe<Buffer>(), options, { onFailure: 'isolate', room: 1 })
    for (const text of ['1', '2', '3']) rig.send(A, text)
    rig.step()
    rig.child(0).fail(new Error('no such luck'))
    rig.step()
    const post: string[] = []
    for (let i = 0; i < 3; i++) {
      expect(rig.sessions.stats).toMatchObject({ failed: 1, ended: i === 2 ? 1 : 0, idle: 0 })
      post.push(...rig.post)
      rig.step()
      await rig.pass(1000)
    }
    expect(post).toEqual(['192.0.2.1 1 1', '192.0.2.1 1 2', '192.0.2.1 1 3'])
    expect([...rig.errors]).toEqual([])
    expect(rig.sessions.stats).toMatchObject({ idle: 0, evicted: 0, dropped: NOTHING })
  })

  it('ERR-09 without a reader of errors it is a process warning with this code', () => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const scheduler = new Scheduler()
    const sessions = scheduler.activate(new Sessions(() => new Failing(new Error('no such luck'))))
    sessions.inbox.deliver([Buffer.from('x'), A])
    for (let i = 0; i < 5; i++) scheduler.step()
    expect(emit.mock.calls.map(([, options]) => options)).toMatchObject([
      { code: 'UDPNG_SESSION_FAILED' },
    ])
    emit.mockRestore()
  })

  it('SES-15 is reported on errors with its address and the cause, once, also while all of it is closed', () => {
    const why = new Error('no such luck')
    const rig = new Rig(() => {
      const bad = new Probe<Buffer>()
      bad.fail(why)
      const worse = new (class extends Sleeper {
        protected override onEnd(): void {
          throw new Error('in onEnd')
        }
      })()
      return new Pipeline(bad, worse)
    })
    rig.send(['2001:db8::1', 5], 'x')
    rig.step()
    const [report, ...more] = rig.errors
    expect(more).toEqual([])
    expect(report).toMatchObject({
      code: 'SESSION_FAILED',
      component: 'Sessions#1',
      address: '2001:db8::1',
      port: 5,
      cause: { code: 'COMPONENT_FAILED', cause: why },
    })
    expect(report?.message).toMatch(
      /^the session of \[2001:db8::1\]:5 failed: \[2001:db8::1\]:5\/Probe#1 failed: Error: no such luck$/,
    )
    expect(failuresOf(rig as never)).toHaveLength(2)
    expect(rig.sessions.stats).toMatchObject({ failed: 1, ended: 1, lostReports: 0 })
  })

  it('SES-15 a report that finds its inbox full is dropped and counted', () => {
    const rig = new Rig(() => new Failing(new Error('no such luck')))
    const few = new Inbox<UdpngError>('Not read', { capacity: 2, whenFull: 'throw' })
    const sessions = new Sessions(() => new Failing(new Error('no such luck')))
    link(sessions.errors, few)
    rig.scheduler.activate(sessions)
    for (let port = 1; port <= 10; port++) sessions.inbox.deliver([Buffer.from('x'), [A[0], port]])
    rig.step()
    expect([few.length, sessions.stats.lostReports, sessions.stats.failed]).toEqual([2, 8, 10])
  })
})

describe('a shortage of the system', () => {
  const cases: [what: string, error: unknown, isShortage: boolean][] = [
    ['EMFILE', systemError('EMFILE'), true],
    ['ENFILE', systemError('ENFILE'), true],
    ['ENOBUFS', systemError('ENOBUFS'), true],
    ['ENOMEM', systemError('ENOMEM'), true],
    ['EADDRINUSE without a port', systemError('EADDRINUSE', { syscall: 'bind' }), true],
    [
      'EADDRINUSE of port 0',
      new Error('cannot bind', { cause: systemError('EADDRINUSE', { port: 0 }) }),
      true,
    ],
    ['EADDRINUSE of a port', systemError('EADDRINUSE', { port: 53 }), false],
    [
      'EADDRINUSE of a port named around it',
      Object.assign(new Error('cannot bind', { cause: systemError('EADDRINUSE') }), { port: 53 }),
      false,
    ],
    ['EADDRNOTAVAIL of connect', systemError('EADDRNOTAVAIL', { syscall: 'connect' }), true],
    ['EAGAIN of connect', systemError('EAGAIN', { syscall: 'connect' }), true],
    ['EADDRNOTAVAIL of bind', systemError('EADDRNOTAVAIL', { syscall: 'bind' }), false],
    ['EACCES', systemError('EACCES'), false],
    ['any other error', new Error('EMFILE'), false],
    ['what is not an error', 'EMFILE', false],
    ['an error that causes itself', causesItself(), false],
  ]

  function causesItself(): Error {
    const error = new Error('again')
    error.cause = error
    return error
  }

  it.each(cases)('SES-16 %s', (_, error, isShortage) => {
    const rig = new Rig(([host]) =>
      host === D[0] ? (new Failing(error) as never) : new Probe<Buffer>(),
    )
    for (const source of [A, B, C]) rig.send(source, 'x')
    rig.step()
    rig.send(D, 'x')
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ started: 4, failed: 1, evicted: isShortage ? 1 : 0 })
    expect(rig.made.map(({ ended }) => ended)).toEqual([isShortage, false, false, true])
  })

  it('SES-16 the newcomer’s datagram is dropped, the least recently used session makes room, and its next datagram is served', () => {
    const system = { left: 50 }
    const rig = new Rig(() => new Holder(system))
    for (let n = 0; n < 50; n++) rig.send(host(n), 'x')
    rig.step()
    rig.send(host(0), 'used again')
    rig.send(host(50), 'one too many')
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ started: 51, failed: 1, evicted: 1, ended: 2 })
    expect(rig.made.map(({ ended }) => ended).indexOf(true)).toBe(1)
    rig.send(host(50), 'again')
    rig.step()
    expect(rig.child(51).inbox.taken).toBe(1)
    expect(rig.sessions.stats.failed).toBe(1)
  })

  it('SES-16 no other is evicted while enough are ending', async () => {
    const rig = new Rig(
      ([host]) =>
        host === D[0]
          ? (new Failing(systemError('EMFILE')) as never)
          : new Probe<Buffer>('shutdown'),
      { idleMs: 1000 },
    )
    rig.send(A, 'x')
    rig.step()
    await rig.pass(500)
    for (const port of [1, 2, 3]) rig.send([B[0], port], 'x')
    rig.step()
    await rig.pass(500)
    // Four fit: three that are active, and the first, which is ending.
    rig.send(D, 'x')
    rig.step()
    expect(rig.made.map(({ told }) => told?.length)).toEqual([1, 0, 0, 0, undefined])
    expect(rig.sessions.stats).toMatchObject({ failed: 1, evicted: 0 })
  })

  it('SES-16 after a shutdown none is evicted for it', () => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue()
    /** Fails when the test wants it to. */
    class Late extends Probe<Buffer> {
      protected readonly cue: Inbox<true> = new Inbox('Now')
      now(): void {
        this.cue.deliver(true)
      }
      override *main(): Main {
        for (; !this.cue.ready; yield this.pause()) this.inbox.recv()
        throw systemError('EMFILE')
      }
    }
    const rig = new Rig(() => new Late())
    for (const source of [A, B]) {
      rig.send(source, 'x')
      rig.step()
    }
    rig.sessions.control.deliver(shutdownMicroprocess())
    rig.child(0).now()
    rig.step()
    expect([rig.sessions.ended, rig.child(0).ended]).toEqual([true, true])
    expect(rig.sessions.stats).toMatchObject({ failed: 1, evicted: 0 })
    emit.mockRestore()
  })

  it('SES-16 the next ones are served by the sessions that fit, without a failed attempt for each', async () => {
    const system = { left: 200 }
    const rig = new Rig(() => new Holder(system), {}, { room: 1e5 })
    for (let n = 0; n < 2000; n++) {
      rig.send(host(n), 'x')
      rig.step(3)
    }
    const { received, passed, failed, started, ended, dropped } = rig.sessions.stats
    expect(failed).toBeLessThan(3)
    expect(dropped.failed + dropped.shortage).toBeLessThan(50)
    expect(received).toBe(passed + dropped.failed + dropped.shortage - failed)
    expect(started - ended).toBeGreaterThan(180)
  })

  it('SES-16 a burst of newcomers costs no more sessions than may be ending', () => {
    const system = { left: 200 }
    const rig = new Rig(() => new Holder(system))
    for (let n = 0; n < 200; n++) {
      for (let i = 0; i < 2; i++) rig.send(host(n), 'x')
      rig.step(2)
    }
    for (let n = 1000; n < 2000; n++) rig.send(host(n), 'x')
    rig.step(100)
    const kept = rig.made.slice(0, 200).filter(({ ended }) => !ended)
    expect(kept.length).toBeGreaterThanOrEqual(200 - Math.ceil(200 / 16) - 200 / 8)
  })

  it('SES-17 more sessions are tried after a second, each second twice as many, until all places are back', async () => {
    const system = { left: 0 }
    const rig = new Rig(() => new Holder(system), { capacity: 100 })
    const attempts = async (count: number): Promise<number> => {
      const before = rig.made.length
      for (let n = 0; n < count; n++) rig.send(host(n), 'x')
      rig.step()
      return rig.made.length - before
    }
    expect(await attempts(1)).toBe(1)
    expect(await attempts(60)).toBe(0)
    await rig.pass(999)
    expect(await attempts(60)).toBe(0)
    await rig.pass(1)
    expect(await attempts(60)).toBe(1)
    expect(rig.sessions.stats.dropped).toEqual({ ...NOTHING, failed: 2, shortage: 179 })
    system.left = Infinity
    const living: number[] = []
    for (let i = 0; i < 8; i++) {
      await rig.pass(1000)
      await attempts(200)
      living.push(rig.sessions.stats.started - rig.sessions.stats.ended)
    }
    // Of 1, 3, 7, 15, ... a sixteenth is for those that are ending; the only one makes room for each newcomer.
    expect(living.slice(1)).toEqual([2, 6, 14, 29, 59, 100, 100])
    const { dropped } = rig.sessions.stats
    rig.send(['192.0.2.1', 5], 'x')
    rig.step()
    expect(rig.sessions.stats.dropped).toEqual(dropped)
  })

  it('SES-17 once all places are back, a newcomer without a place is counted as noRoom again', async () => {
    const rig = new Rig<Component>(
      ([host]) => (host === B[0] ? new Failing(systemError('EMFILE')) : new Gate()),
      { capacity: 2 },
    )
    // The gates take nothing, so none of these sessions is evicted.
    for (const source of [A, B]) {
      rig.send(source, 'x')
      rig.step()
    }
    const reasons: object[] = []
    for (const [ms, source] of [
      [1000, C],
      [1000, C],
      [0, D],
    ] as const) {
      await rig.pass(ms)
      rig.send(source, 'x')
      rig.step()
      const { noRoom, shortage, failed } = rig.sessions.stats.dropped
      reasons.push({ noRoom, shortage, failed })
    }
    expect(reasons).toEqual([
      { noRoom: 0, shortage: 1, failed: 1 },
      { noRoom: 0, shortage: 1, failed: 1 },
      { noRoom: 1, shortage: 1, failed: 1 },
    ])
  })

  it('SES-17 with room for one session, newcomers take turns', async () => {
    const system = { left: 1 }
    const rig = new Rig(() => new Holder(system))
    rig.send(A, '1')
    rig.step()
    rig.send(B, 'lost')
    rig.step()
    rig.send(B, '1')
    rig.step()
    expect(rig.made.map(({ ended }) => ended)).toEqual([true, true, false])
    expect(rig.child(2).inbox.taken).toBe(1)
    rig.send(C, 'makes room')
    rig.step()
    rig.send(C, '1')
    rig.step()
    expect(rig.child(3).inbox.taken).toBe(1)
    expect(rig.sessions.stats).toMatchObject({ failed: 1, dropped: { failed: 1, shortage: 1 } })
  })
})
