import {
  type Addressed,
  type DatagramSocket,
  type DatagramTransport,
  dgramTransport,
  noStats,
  type OpenOptions,
} from '@udpng/basic-peer'
import {
  type Control,
  Inbox,
  link,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Datagram } from '@udpng/datagram'
import { eventually, ManualClock } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeSocket, FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions, refusal } from './probe.js'

const letter = (data: string): Addressed => ({ host: '127.0.0.1', port: 9, data })

/** A transport whose sockets differ from a right one in some members. */
function faulty(change: (socket: FakeSocket, options: OpenOptions) => object): DatagramTransport & {
  readonly sockets: FakeSocket[]
} {
  const sockets: FakeSocket[] = []
  return {
    name: 'faulty',
    sockets,
    open(options) {
      const socket = new FakeSocket(options)
      sockets.push(socket)
      const descriptors = Object.getOwnPropertyDescriptors(change(socket, options))
      return Object.defineProperties(socket, descriptors)
    },
  }
}

/** A peer on a faulty transport, and another one of the same scheduler on a right one. */
function start(transport: DatagramTransport, options: ProbeOptions = {}) {
  const clock = new ManualClock()
  const scheduler = new Scheduler({ clock, onFailure: 'isolate' })
  const failures: UdpngError[] = []
  scheduler.observe((event) => {
    if (event.kind === 'failed') failures.push(event.error)
  })
  const right = new FakeTransport()
  const other = new Probe({ transport: right })
  const peer = new Probe({ transport, ...options })
  const got = new Inbox<Datagram>('What the other one received')
  const said = new Inbox<Control>('What the faulty one said')
  link(other.outbox, got)
  link(peer.signal, said)
  for (const one of [other, peer]) scheduler.activate(one)
  onTestFinished(() => scheduler.stop())
  const step = (): void => {
    for (let i = 0; i < 6; i++) scheduler.step()
  }
  step()
  /** The other one still receives and sends. */
  const expectOther = (): void => {
    const before = got.delivered
    right.socket.receive('a', 'b')
    other.inbox.deliver(letter('c'))
    step()
    expect(got.delivered).toBe(before + 2)
    expect(right.socket.texts.at(-1)).toBe('c')
    expect(other.ended).toBe(false)
  }
  return { clock, scheduler, failures, peer, said, step, expectOther }
}

describe('a transport that breaks its contract', () => {
  const broken = (): never => {
    throw new Error('it is broken')
  }

  it.each<[string, (socket: FakeSocket, options: OpenOptions) => object, RegExp]>([
    ['watch throws', () => ({ watch: broken }), /cannot watch a socket: it is broken/],
    ['watch is not there', () => ({ watch: undefined }), /cannot watch a socket: .*not a function/],
    ['send throws', () => ({ send: broken }), /send\(\) threw: it is broken/],
    ['send returns a function', () => ({ send: () => broken }), /returned function broken/],
    ['send returns NaN', () => ({ send: () => Number.NaN }), /send\(\) of 1 parcels returned NaN/],
    ['send returns -1', () => ({ send: () => -1 }), /a whole number from 0 to 1/],
    ['send returns 2 of 1', () => ({ send: () => 2 }), /returned 2; it must be/],
    ['send returns nothing', () => ({ send: () => undefined }), /returned undefined/],
    ['read returns nothing', () => ({ read: () => undefined }), /read\(256\) returned undefined/],
    ['read returns text', () => ({ read: () => 'abc' }), /read\(256\) returned "abc"/],
    ['read returns a promise', () => ({ read: async () => [] }), /returned \{\}/],
    ['pending is NaN', () => ({ pending: Number.NaN }), /pending is NaN/],
    [
      'pending throws',
      () => ({
        get pending() {
          return broken()
        },
      }),
      /pending threw: it is broken/,
    ],
    [
      'onFailed is called with nothing',
      (_, { onFailed }) => ({
        send: () => {
          onFailed(undefined as never, new Error('why'))
          return 1
        },
      }),
      /called onFailed with undefined/,
    ],
  ])('BAS-07 %s: its peer fails, and no other', async (_, change, message) => {
    const transport = faulty(change)
    const { peer, failures, said, step, expectOther } = start(transport)
    peer.inbox.deliver(letter('x'))
    step()
    expect(peer.ended).toBe(true)
    expect(failures).toMatchObject([{ code: 'TRANSPORT_FAILED', component: peer.name }])
    expect(failures[0]?.message).toMatch(message)
    expect([...said]).toMatchObject([{ kind: 'shutdownMicroprocess', cause: failures[0] }])
    expect(transport.sockets[0]?.closed).toBeGreaterThan(0)
    expectOther()
  })

  it('BAS-07 what send did not answer for is counted as unsent', () => {
    const { peer, step } = start(faulty(() => ({ send: broken })))
    for (const text of ['a', 'b', 'c']) peer.inbox.deliver(letter(text))
    step()
    expect(peer.stats).toMatchObject({ sent: 0, dropped: { unsent: 3 } })
  })

  const cyclic: { [key: string]: unknown } = {}
  cyclic['self'] = cyclic
  it.each<[string, unknown, RegExp]>([
    ['a number', 7, /kernelDrops is 7/],
    ['null', null, /kernelDrops is null/],
    ['a cyclic object', cyclic, /kernelDrops is /],
    ['a function', () => 7, /kernelDrops is \(\) => 7/],
    ['without about', { atLeast: 1, atMost: 2 }, /kernelDrops is /],
    ['NaN', { atLeast: 0, about: Number.NaN, atMost: 1 }, /kernelDrops is /],
    ['Infinity', { atLeast: 0, about: 1, atMost: Infinity }, /kernelDrops is /],
    ['text', { atLeast: '0', about: '1', atMost: '2' }, /kernelDrops is /],
    ['in the wrong order', { atLeast: 3, about: 2, atMost: 1 }, /kernelDrops is /],
  ])(
    'BAS-14 kernelDrops is %s: its peer fails, and neither stats nor the account throws',
    (_, kernelDrops, message) => {
      const { peer, failures, step, expectOther } = start(faulty(() => ({ kernelDrops })))
      expect(peer.ended).toBe(false)
      expect(accountOf(peer)).toMatchObject({ kernelDrops: undefined, complete: false })
      expect(peer.stats.kernelDrops).toBeUndefined()
      step()
      expect(peer.ended).toBe(true)
      expect(failures).toMatchObject([{ code: 'TRANSPORT_FAILED', component: peer.name }])
      expect(failures[0]?.message).toMatch(message)
      expect(accountOf(peer)).toMatchObject({ kernelDrops: undefined, complete: false })
      expectOther()
    },
  )

  it('BAS-14 of kernelDrops that are bounds, only their three numbers are taken', () => {
    const bounds = { atLeast: 1, about: 2, atMost: 3 }
    const kernelDrops: Record<string, unknown> = { ...bounds }
    kernelDrops['self'] = kernelDrops
    const { peer, failures, step } = start(faulty(() => ({ kernelDrops })))
    expect(peer.stats.kernelDrops).toEqual(bounds)
    expect(accountOf(peer)).toMatchObject({ kernelDrops: bounds, complete: true })
    step()
    expect(failures).toEqual([])
  })

  const datagram: Datagram = [Buffer.from('x'), ['127.0.0.1', 9]]
  it.each<[string, unknown[]]>([
    ['more than asked for', new Array(300).fill(datagram)],
    ['a datagram without data', [datagram, [undefined, ['127.0.0.1', 9]], datagram]],
    ['nothing in a place', [datagram, undefined]],
    ['text as data', [['abc', ['127.0.0.1', 9]]]],
    ['no sender', [[Buffer.from('x')]]],
  ])('BAS-07 read returns %s: its peer fails, and all of it is counted as unread', (_, batch) => {
    const { peer, failures, step, expectOther } = start(faulty(() => ({ read: () => batch })))
    step()
    expect(failures).toMatchObject([{ code: 'TRANSPORT_FAILED' }])
    expect(failures[0]?.message).toContain('it must be a list of at most 256 datagrams')
    expect(peer.stats).toMatchObject({ received: 0, dropped: { unread: batch.length } })
    expectOther()
  })

  it('BAS-07 safeSend never throws over it: the datagram is still the caller’s', () => {
    const { peer, failures, step } = start(faulty(() => ({ send: broken })))
    expect(peer.callSafeSend('x', ['127.0.0.1', 9])).toBe(false)
    expect(peer.ended).toBe(false)
    step()
    expect(failures).toMatchObject([{ code: 'TRANSPORT_FAILED' }])
  })

  it('BAS-07 an outcome that never comes is waited for, once closed, for 1 s', async () => {
    const { peer, clock, scheduler, failures } = start(
      faulty(() => ({ pending: 3 })),
      {
        onProducerFinished: 'drain',
        drainTimeoutMs: 0,
      },
    )
    const run = scheduler.run()
    peer.control.deliver(producerFinished())
    await clock.advance(999)
    expect(peer.ended).toBe(false)
    await clock.advance(1)
    expect(peer.ended).toBe(true)
    expect(failures).toMatchObject([
      {
        code: 'TRANSPORT_FAILED',
        message: expect.stringContaining('3 datagrams without an outcome'),
      },
    ])
    scheduler.stop()
    await run
  })

  it('BAS-08 neither stats nor the end of the peer throws', () => {
    const transport = faulty(() => ({
      close: broken,
      get kernelDrops() {
        return broken()
      },
    }))
    const { peer, failures, step, expectOther } = start(transport)
    expect(peer.stats.kernelDrops).toBeUndefined()
    peer.control.deliver(shutdownMicroprocess())
    step()
    expect(peer.ended).toBe(true)
    expect(failures).toEqual([])
    expect(peer.stats.kernelDrops).toBeUndefined()
    expectOther()
  })

  it.each<[string, () => unknown, RegExp]>([
    [
      'nothing',
      () => undefined,
      /transport odd breaks its contract: open\(\) returned no bound socket/,
    ],
    ['a socket without an address', () => ({ close() {} }), /open\(\) returned no bound socket/],
    [
      'a port that is not one',
      () => ({ address: ['127.0.0.1', -1], close() {} }),
      /its address is \[/,
    ],
    [
      'a socket whose buffer size throws',
      () => ({
        address: ['127.0.0.1', 1],
        close() {},
        get recvBufferSize() {
          return broken()
        },
      }),
      /it is broken/,
    ],
  ])('BND-09 open returns %s: a failed bind that says so', async (_, open, message) => {
    let closed = 0
    const transport = {
      name: 'odd',
      open: () => {
        const socket = open() as DatagramSocket | undefined
        return socket && Object.defineProperty(socket, 'close', { value: () => closed++ })
      },
    } as DatagramTransport
    const peer = new Probe({ transport })
    const failure = (await peer.run().catch((error: unknown) => error)) as UdpngError
    expect(failure).toMatchObject({ code: 'BIND_FAILED', cause: { code: 'TRANSPORT_FAILED' } })
    expect(failure.message).toMatch(message)
    await expect(peer.bound).rejects.toBe(failure)
    expect(closed).toBe(open() === undefined ? 0 : 1)
  })

  it.each([undefined, null, 'no error', Symbol('x'), { code: 7 }])(
    'BND-09 open throws %o: a failed bind that shows it',
    async (thrown) => {
      const transport: DatagramTransport = {
        name: 'odd',
        open() {
          throw thrown
        },
      }
      const peer = new Probe({ transport })
      const failure = (await peer.run().catch((error: unknown) => error)) as UdpngError
      expect(failure).toMatchObject({ code: 'BIND_FAILED', cause: thrown })
      expect(failure.message).not.toMatch(/: undefined$/)
      await expect(peer.bound).rejects.toBe(failure)
    },
  )

  it.each([
    [
      'join a multicast group on an open socket',
      'memberships',
      (peer: Probe) => peer.join('239.1.2.3'),
    ],
    ['leave a multicast group', 'memberships', (peer: Probe) => peer.leave({ group: '239.1.2.3' })],
    [
      'change options of an open socket',
      'setOptions',
      (peer: Probe) => peer.setOptions({ ttl: 3 }),
    ],
  ] as const)(
    'MUL-10 a transport that cannot %s refuses, and says which can',
    async (what, capability, call) => {
      const transport = new FakeTransport()
      const peer = new Probe({ transport, multicast: { groups: ['239.1.2.4'] } })
      const run = peer.run()
      await peer.bound
      expect(refusal(() => call(peer))).toMatchObject({
        code: 'UNSUPPORTED',
        component: peer.name,
        message: expect.stringMatching(
          `the transport fake cannot ${what}: it has no capability "${capability}"; use the transport "native" or "dgram"$`,
        ),
      })
      // It says that it can, and has no such method.
      const liar = Object.assign(new FakeTransport(), { capabilities: [capability] })
      const misled = new Probe({ transport: liar })
      const failing = misled.run()
      await misled.bound
      expect(refusal(() => call(misled))).toMatchObject({ code: 'TRANSPORT_FAILED' })
      for (const one of [peer, misled]) one.control.deliver(shutdownMicroprocess())
      await Promise.all([run, failing])
    },
  )

  it('MUL-10 a membership at bind needs the capability as well', async () => {
    const peer = new Probe({
      transport: new FakeTransport(),
      multicast: { groups: [{ group: '239.1.2.3', source: '192.0.2.1' }] },
    })
    await expect(peer.run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      cause: { code: 'UNSUPPORTED', message: expect.stringContaining('a source') },
    })
  })

  it('BAS-09 a box behind errors that throws costs the report, and nothing else', () => {
    class Refusing extends Inbox<UdpngError> {
      override deliver(): boolean {
        throw new Error('not today')
      }
    }
    const { peer, failures, step } = start(new FakeTransport())
    link(peer.errors, new Refusing('Reports'))
    peer.inbox.deliver({ host: '127.0.0.1', port: 0, data: 'x' })
    peer.inbox.deliver(letter('y'))
    step()
    expect(peer.stats).toMatchObject({ sent: 1, failed: { BAD_ADDRESS: 1 }, lostReports: 1 })
    expect(failures).toEqual([])
  })

  it('BAS-09 a box behind outbox that throws in the middle of a batch: all datagrams are counted', () => {
    class Refusing extends Inbox<Datagram> {
      override deliver(datagram: Datagram): boolean {
        if (String(datagram[0]) === 'c') throw new Error('not this one')
        return super.deliver(datagram)
      }
    }
    const transport = new FakeTransport()
    const { peer, step } = start(transport)
    link(peer.outbox, new Refusing('Datagrams'))
    transport.socket.receive('a', 'b', 'c', 'd', 'e')
    step()
    expect(peer.ended).toBe(true)
    expect(peer.stats).toMatchObject({ received: 2, dropped: { unread: 3 } })
  })

  it('BAS-12 a subclass whose safeRecv gives more than was asked for loses none', () => {
    class Twice extends Probe {
      protected override safeRecv(max: number): readonly Datagram[] {
        return super.safeRecv(max).flatMap((one) => [one, one])
      }
    }
    const transport = new FakeTransport()
    const scheduler = new Scheduler({ clock: new ManualClock() })
    onTestFinished(() => scheduler.stop())
    const peer = scheduler.activate(new Twice({ transport }))
    const got = new Inbox<Datagram>('Datagrams', { capacity: 10 })
    link(peer.outbox, got)
    for (let i = 0; i < 3; i++) scheduler.step()
    transport.socket.receive(...Array.from({ length: 30 }, (_, i) => `${i}`))
    const all: Datagram[] = []
    for (let i = 0; i < 20; i++) {
      scheduler.step()
      all.push(...got)
    }
    expect(all.length).toBe(60)
    expect(peer.stats.received).toBe(60)
  })

  it('BAS-07 on real sockets: one whose watch throws leaves the others hearing', async () => {
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    onTestFinished(() => scheduler.stop())
    const bad: DatagramTransport = {
      name: 'bad',
      open: (options) => Object.assign(dgramTransport.open(options), { watch: broken }),
    }
    const options = { localAddr: '127.0.0.1', transport: 'dgram' } as const
    const good = scheduler.activate(new Probe(options))
    const got = new Inbox<Datagram>('Datagrams')
    link(good.outbox, got)
    const run = scheduler.run()
    const [host, port] = await good.bound
    const sender = dgramTransport.open({
      family: 4,
      host,
      port: 0,
      receive: false,
      stats: noStats(),
      onFailed: () => {},
      onSettled: () => {},
    })
    onTestFinished(() => sender.close())
    const send = (): number => sender.send([{ data: Buffer.from('x'), host, port }])
    send()
    await eventually(() => got.length === 1)
    const faultyPeer = scheduler.activate(new Probe({ ...options, transport: bad }))
    await eventually(() => faultyPeer.ended)
    send()
    await eventually(() => got.length === 2)
    scheduler.stop()
    await run
  })
})

describe('the drain', () => {
  const drains = { onProducerFinished: 'drain' } as const

  it('BAS-10 a second producerFinished does not prolong it', async () => {
    const transport = new FakeTransport()
    const { peer, scheduler, clock } = start(transport, { ...drains, drainTimeoutMs: 1000 })
    const run = scheduler.run()
    transport.socket.room = 0
    peer.inbox.deliver(letter('never sent'))
    for (let i = 0; i < 10; i++) {
      peer.control.deliver(producerFinished())
      await clock.advance(99)
    }
    expect(peer.ended).toBe(false)
    peer.control.deliver(producerFinished())
    await clock.advance(10)
    expect(peer.ended).toBe(true)
    expect(peer.stats.dropped.unsent).toBe(1)
    scheduler.stop()
    await run
  })

  it('BAS-10 nor does one while it lingers begin another drain, or another lingering', async () => {
    const options = { ...drains, drainTimeoutMs: 60_000, lingerMs: 1000 }
    const { peer, scheduler, clock } = start(new FakeTransport(), options)
    const run = scheduler.run()
    peer.control.deliver(producerFinished())
    await clock.advance(900)
    peer.control.deliver(producerFinished())
    await clock.advance(99)
    expect(peer.ended).toBe(false)
    await clock.advance(1)
    expect(peer.ended).toBe(true)
    scheduler.stop()
    await run
  })

  it('BAS-11 lingerMs counts from the end of the drain', async () => {
    const transport = new FakeTransport()
    const { peer, scheduler, clock } = start(transport, { ...drains, lingerMs: 1000 })
    const run = scheduler.run()
    transport.socket.room = 0
    peer.inbox.deliver(letter('sent late'))
    peer.control.deliver(producerFinished())
    await clock.advance(3000)
    transport.socket.room = Infinity
    transport.socket.tell('write')
    await clock.advance(999)
    expect(transport.socket.texts).toEqual(['sent late'])
    expect(peer.ended).toBe(false)
    await clock.advance(1)
    expect(peer.ended).toBe(true)
    scheduler.stop()
    await run
  })
})
