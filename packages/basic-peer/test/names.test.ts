import { lookup as systemLookup } from 'node:dns'
import type { Lookup } from '@udpng/basic-peer'
import { Inbox, link, Scheduler, type UdpngError } from '@udpng/core'
import { eventually, ManualClock, turn } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions } from './probe.js'

/** A running peer, and the names that were looked up. */
function start(options: ProbeOptions = {}): { peer: Probe; asked: string[] } {
  const asked: string[] = []
  const lookup: Lookup = (name, _, answer) => {
    asked.push(name)
    answer(null, '192.0.2.1')
  }
  const scheduler = new Scheduler({ clock: new ManualClock() })
  const peer = new Probe({ transport: new FakeTransport(), lookup, ...options })
  scheduler.activate(peer)
  scheduler.step()
  onTestFinished(() => scheduler.stop())
  return { peer, asked }
}

/** The methods of texts and regular expressions that get a text of more than 1000 characters while `act` runs. */
function readsOfLongTexts(act: () => void): string[] {
  const reads: string[] = []
  const methods = [
    ...Object.getOwnPropertyNames(String.prototype).map(
      (name) => [String.prototype, name] as const,
    ),
    [RegExp.prototype, 'exec'] as const, // the others call it
  ]
  const undo = methods.map(([owner, name]) => {
    const before = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor
    const method = before.value
    if (typeof method !== 'function') return () => {}
    Object.defineProperty(owner, name, {
      ...before,
      value(this: unknown, ...args: unknown[]) {
        const isRead = [this, ...args].some((it) => typeof it === 'string' && it.length > 1000)
        if (isRead) reads.push(name)
        return Reflect.apply(method, this, args)
      },
    })
    return () => Object.defineProperty(owner, name, before)
  })
  try {
    act()
  } finally {
    for (const restore of undo) restore()
  }
  return reads
}

describe('what a host comes to', () => {
  it('ADR-03 DGM-19 the wildcard address is the loopback address', () => {
    expect(start().peer.callResolve('0.0.0.0')).toBe('127.0.0.1')
    const { peer } = start({ family: 6 })
    for (const wildcard of ['::', '::0', '0::', '0:0:0:0:0:0:0:0', '::0.0.0.0', '::%lo'])
      expect([wildcard, peer.callResolve(wildcard)]).toEqual([wildcard, '::1'])
    for (const wildcard of ['::ffff:0.0.0.0', '::FFFF:0:0'])
      expect([wildcard, peer.callResolve(wildcard)]).toEqual([wildcard, '::ffff:127.0.0.1'])
    for (const other of ['::1', '1::', '0:0:0:0:0:0:0:1'])
      expect(peer.callResolve(other)).toBe(other)
  })

  it('DNS-01 a literal is itself, and never looked up', () => {
    const four = start()
    for (const host of ['127.0.0.1', '192.0.2.255', '239.1.2.3'])
      expect(four.peer.callResolve(host)).toBe(host)
    const six = start({ family: 6 })
    for (const host of ['::1', '2001:db8::1', 'fe80::1%lo', '::ffff:127.0.0.1', 'ff02::1'])
      expect(six.peer.callResolve(host)).toBe(host)
    expect([...four.asked, ...six.asked]).toEqual([])
  })

  const numbers = [
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.0.0.１',
    '２１３０７０６４３３',
    '０ｘ7f',
  ]
  it.each(['256.1.1.1', '127.0.0.1 ', '[::1]', '', ...numbers])(
    'ADR-04 the malformed address %j is not a destination, and never looked up',
    (host) => {
      const { peer, asked } = start()
      expect(peer.callResolve(host)).toMatchObject({ code: 'BAD_ADDRESS' })
      expect(asked).toEqual([])
    },
  )

  it('ADR-04 what is not text is not a destination', () => {
    const { peer, asked } = start()
    for (const host of [undefined, null, 7, {}, ['127.0.0.1'], Symbol('host')])
      expect(peer.callResolve(host as never)).toMatchObject({ code: 'BAD_ADDRESS' })
    expect(asked).toEqual([])
  })

  it('ADR-04 an overlong host of 1 MB is refused by its length: no method reads it', () => {
    const { peer, asked } = start()
    const host = 'a.'.repeat(2 ** 19)
    let found: unknown
    const reads = readsOfLongTexts(() => {
      found = peer.callResolve(host)
    })
    expect(found).toMatchObject({ code: 'BAD_ADDRESS' })
    expect(reads).toEqual([])
    expect(asked).toEqual([])
  })

  it('ADR-05 a literal of the other family is not a destination, and the reason says so', () => {
    const why = expect.stringContaining('this socket speaks IPv4')
    expect(start().peer.callResolve('::1')).toMatchObject({ code: 'BAD_ADDRESS', why })
    expect(start({ family: 6 }).peer.callResolve('127.0.0.1')).toMatchObject({
      code: 'BAD_ADDRESS',
    })
  })

  it.each(['fe80::1', 'FE80::1', 'fe90::1', 'febf:ffff::1', 'fe80:0:0:0:1:2:3:4', 'FEBF::0.0.0.1'])(
    'ADR-06 DGM-19 the link-local address %s without its scope is not a destination, and the reason says to add it',
    (host) => {
      const why = `a link-local address needs its scope: ${host}%eth0`
      expect(start({ family: 6 }).peer.callResolve(host)).toEqual({ code: 'BAD_ADDRESS', why })
    },
  )

  it('ADR-06 other addresses that begin with fe need no scope', () => {
    const { peer } = start({ family: 6 })
    for (const host of ['fe00::1', 'fec0::1', 'fe8::1', 'fe::1', '1::fe80'])
      expect(peer.callResolve(host)).toBe(host)
  })
})

/** A running peer whose look-ups the test answers, its reports, and its clock. */
function asking(options: ProbeOptions = {}, begin = 0) {
  const asked: string[] = []
  const answers: Parameters<Lookup>[2][] = []
  const lookup: Lookup = (name, _, answer) => {
    asked.push(name)
    answers.push(answer)
  }
  let now = begin
  const scheduler = new Scheduler({ clock: { now: () => now, after: () => () => {} } })
  const transport = new FakeTransport()
  const peer = new Probe({ transport, lookup, ...options })
  const reports = new Inbox<UdpngError>('Reports')
  link(peer.errors, reports)
  scheduler.activate(peer)
  onTestFinished(() => scheduler.stop())
  const step = (ms = 0): void => {
    now += ms
    peer.callWake()
    for (let i = 0; i < 5; i++) scheduler.step()
  }
  step()
  const put = (host: string, data: string): void => {
    peer.inbox.deliver({ host, port: 9, data })
    step()
  }
  return { peer, asked, answers, reports, transport, step, put }
}

describe('names and literals are remembered apart', () => {
  it('DNS-07 a name within its TTL is looked up once, however many literals there are meanwhile', () => {
    const { asked, answers, transport, put } = asking()
    put('one.test', 'first')
    answers[0]?.(null, '192.0.2.1')
    for (let i = 0; i < 5000; i++) put(`10.0.${i >> 8}.${i & 255}`, 'x')
    put('one.test', 'last')
    expect(asked).toEqual(['one.test'])
    expect(transport.socket.sent.at(-1)?.host).toBe('192.0.2.1')
    expect(transport.socket.sent.length).toBe(5002)
  })

  it('DNS-07 1024 names are remembered; for one more the oldest is forgotten', () => {
    const { asked, answers, put } = asking()
    const name = (i: number): string => `name-${i}.test`
    const know = (host: string): void => {
      put(host, 'x')
      answers.at(-1)?.(null, '192.0.2.1')
    }
    for (let i = 0; i < 1024; i++) know(name(i))
    for (let i = 0; i < 1024; i++) put(name(i), 'x')
    expect(asked.length).toBe(1024)
    know(name(1024))
    put(name(1), 'x')
    expect(asked.length).toBe(1025)
    put(name(0), 'x')
    expect(asked.length).toBe(1026)
  })
})

describe('look-ups', () => {
  it('DNS-08 an answer serves for its TTL when the clock is past that already', () => {
    const { asked, answers, transport, step, put } = asking({}, 1e6)
    put('late.test', 'first')
    answers[0]?.(null, '192.0.2.1')
    step()
    expect(transport.socket.texts).toEqual(['first'])
    step(29_999)
    put('late.test', 'second')
    expect(transport.socket.texts).toEqual(['first', 'second'])
    expect(asked.length).toBe(1)
    step(1)
    put('late.test', 'third')
    expect(asked.length).toBe(2)
  })

  it('DNS-09 one without an answer for 30 s fails, and the peer then continues', () => {
    const { answers, reports, transport, step, put } = asking()
    put('hangs.test', 'lost')
    put('192.0.2.7', 'waiting')
    step(29_999)
    expect(reports.length).toBe(0)
    expect(transport.socket.texts).toEqual([])
    step(1)
    expect([...reports]).toMatchObject([
      { code: 'LOOKUP_FAILED', message: expect.stringContaining('got no answer within 30000 ms') },
    ])
    expect(transport.socket.texts).toEqual(['waiting'])
    answers[0]?.(null, '192.0.2.1')
    put('hangs.test', 'still failed')
    expect(reports.length).toBe(1)
  })

  it('DNS-09 a late answer has no effect, even while the name is looked up again', () => {
    const { asked, answers, transport, step, put } = asking()
    put('hangs.test', 'lost')
    step(30_000)
    step(30_000)
    put('hangs.test', 'again')
    expect(asked.length).toBe(2)
    answers[0]?.(null, '192.0.2.66')
    step()
    expect(transport.socket.sent).toEqual([])
    answers[1]?.(null, '192.0.2.1')
    step()
    expect(transport.socket.sent.map(({ host }) => host)).toEqual(['192.0.2.1'])
  })

  it('DNS-09 a peer that sleeps wakes for it', async () => {
    const clock = new ManualClock()
    const transport = new FakeTransport()
    const peer = new Probe({ transport, lookup: () => {} })
    const reports = new Inbox<UdpngError>('Reports')
    link(peer.errors, reports)
    const stop = new AbortController()
    const run = peer.run({ clock, signal: stop.signal })
    await peer.bound
    peer.inbox.deliver({ host: 'hangs.test', port: 9, data: 'x' })
    await clock.advance(29_999)
    expect(reports.length).toBe(0)
    await clock.advance(1)
    expect(reports.length).toBe(1)
    stop.abort()
    await run
    expect(clock.pending).toBe(0)
  })

  const addresses: [string, unknown][] = [
    ['an address', '192.0.2.1'],
    ['what dns.promises.lookup gives', { address: '192.0.2.1', family: 4 }],
    ['what resolve4 gives', ['192.0.2.1']],
    ['what lookup with all gives', [{ address: '192.0.2.1', family: 4 }]],
  ]
  it.each(addresses)(
    'DNS-10 a promise of %s is refused, and the report says what to do',
    async (_, value) => {
      const lookup = (async () => value) as Lookup
      const { reports, step, put } = asking({ lookup })
      put('name.test', 'x')
      await turn()
      step()
      expect([...reports]).toMatchObject([
        {
          code: 'LOOKUP_FAILED',
          message: expect.stringContaining('returned a promise; call back, as dns.lookup does'),
        },
      ])
    },
  )

  it('DNS-10 an async function that calls back is right, before it returns and after', async () => {
    const right: Lookup[] = [
      async (_, __, answer) => answer(null, '192.0.2.1'),
      async (_, __, answer) => void setImmediate(() => answer(null, '192.0.2.1')),
      (async (_, __, answer) => {
        answer(null, '192.0.2.1')
        return '192.0.2.99'
      }) as Lookup,
      // It returns the request, an object that is not an address.
      (async (_, __, answer) => systemLookup('127.0.0.1', 4, answer)) as Lookup,
    ]
    for (const lookup of right) {
      const { reports, transport, step, put } = asking({ lookup })
      put('name.test', 'x')
      await eventually(() => {
        step()
        return transport.socket.sent.length === 1
      })
      expect(transport.socket.sent[0]?.host).toMatch(/^(192\.0\.2\.1|127\.0\.0\.1)$/)
      expect(reports.length).toBe(0)
    }
  })

  it.each([
    ['text', 'ENOTFOUND', /failed: "ENOTFOUND"/],
    ['an object', { code: 7 }, /failed: \{"code":7\}/],
    ['a symbol', Symbol('why'), /failed: Symbol\(why\)/],
  ])('DNS-11 %s as an error is shown', (_, error, message) => {
    const { answers, reports, step, put } = asking()
    put('name.test', 'x')
    answers[0]?.(error as never)
    step()
    expect([...reports][0]?.message).toMatch(message)
  })
})
