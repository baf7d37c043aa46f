import {
  type Addressed,
  BasicPeer,
  dgramTransport,
  LOCAL,
  type Lookup,
  RECEIVER,
} from '@udpng/basic-peer'
import {
  Component,
  type Control,
  Inbox,
  link,
  Outbox,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Address, Datagram } from '@udpng/datagram'
import { ManualClock, openSockets } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe, type ProbeOptions } from './probe.js'

const TO: Address = ['127.0.0.1', 9]
const MAX_PAYLOAD = 65507

/** A bound peer on a fake socket, which makes a cycle with each `step`. */
function start(options: ProbeOptions = {}, { capacity = 1024 } = {}) {
  const transport = new FakeTransport()
  const peer = new Probe({ transport, ...options })
  const got = new Inbox<Datagram>('What it received', { capacity })
  const said = new Inbox<Control>('What it said')
  const reports = new Inbox<UdpngError>('What it could not send')
  link(peer.outbox, got)
  link(peer.signal, said)
  link(peer.errors, reports)
  const scheduler = new Scheduler({ clock: new ManualClock(), onFailure: 'isolate' })
  scheduler.activate(peer)
  onTestFinished(() => scheduler.stop())
  const step = (): void => {
    for (let i = 0; i < 4; i++) scheduler.step()
  }
  step()
  const codes = (): string[] => [...reports].map(({ code }) => code)
  return { peer, scheduler, socket: transport.socket, transport, got, said, codes, step }
}

const letter = (data: unknown): Addressed => ({ host: TO[0], port: TO[1], data: data as string })
const texts = (datagrams: Iterable<Datagram>): string[] =>
  Array.from(datagrams, ([data]) => data.toString())

describe('BasicPeer', () => {
  it('BAS-01 is a Component', () => {
    expect(new Probe()).toBeInstanceOf(Component)
  })

  it('BAS-13 its account copies no statistics, and agrees with them', () => {
    const { peer, socket, step } = start()
    socket.receive('a', 'b')
    peer.inbox.deliver(letter('c'))
    peer.inbox.deliver(letter(7))
    step()
    const clone = vi.spyOn(globalThis, 'structuredClone')
    onTestFinished(() => clone.mockRestore())
    const account = accountOf(peer)
    expect(clone).not.toHaveBeenCalled()
    const { received, sent, failed } = peer.stats
    expect([received, sent, failed]).toEqual([2, 1, { BAD_MESSAGE: 1 }])
    expect(account).toMatchObject({ received, sent, dropped: failed, unaccounted: 0 })
  })

  it('BAS-15 its account is complete where the system counts drops, until a read fails', () => {
    const { peer, socket } = start()
    expect(accountOf(peer).complete).toBe(false)
    Object.assign(socket, { kernelDrops: { atLeast: 0, atMost: 0, about: 0 } })
    expect(accountOf(peer).complete).toBe(true)
    socket.readError = new Error('EIO')
    peer.callSafeRecv(5)
    expect(accountOf(peer).complete).toBe(false)
  })

  it('BAS-02 does not compile on its own', () => {
    // @ts-expect-error it is abstract
    const make = () => new BasicPeer({}, {}, dgramTransport)
    // @ts-expect-error it does not say what goes where
    class Unfinished extends BasicPeer {}
    expect(make).not.toBe(Unfinished)
  })

  it.each([
    ['nothing', []],
    ['options', [{}, { ...LOCAL, ...RECEIVER }, dgramTransport]],
  ])(
    'BAS-02 without types, made with %s and run, it fails with an error that names the five peers, and opens no socket',
    async (_, args) => {
      const before = openSockets()
      const peer = Reflect.construct(BasicPeer, args) as BasicPeer
      const failure = (await peer.run().catch((error: unknown) => error)) as UdpngError
      expect(failure).toMatchObject({ code: 'BAD_ACTIVATION', component: 'BasicPeer#1' })
      for (const name of ['SimplePeer', 'TargettedPeer', 'PostboxPeer', 'UDPSender', 'UDPReceiver'])
        expect(failure.message).toContain(name)
      expect(openSockets()).toBe(before)
      await expect(peer.bound).rejects.toMatchObject({ code: 'NOT_BOUND' })
    },
  )

  it('BAS-03 its boxes and methods are protected: not reachable from outside', () => {
    const peer = new Probe()
    const outside = [
      // @ts-expect-error protected
      () => peer.readReady,
      // @ts-expect-error protected
      () => peer.writeReady,
      // @ts-expect-error protected
      () => peer.selectorSignal,
      // @ts-expect-error protected
      () => peer.setupSelector(),
      // @ts-expect-error protected
      () => peer.safeBind(TO),
      // @ts-expect-error protected
      () => peer.sendLoop(),
      // @ts-expect-error protected
      () => peer.safeSend('x', TO),
      // @ts-expect-error protected
      () => peer.recvLoop(),
      // @ts-expect-error protected
      () => peer.safeRecv(1),
    ]
    // What is wired is wired by name: a box that is protected does not compile there either.
    const wire = () => {
      // @ts-expect-error protected
      link(peer.selectorSignal, new Inbox('Requests'))
    }
    expect([...outside, wire]).toHaveLength(10)
  })

  it('BAS-03 they are reachable from a subclass', () => {
    class Own extends Probe {
      protected get all() {
        const { readReady, writeReady, selectorSignal } = this
        const { setupSelector, safeBind, sendLoop, safeSend, recvLoop, safeRecv } = this
        const methods = { setupSelector, safeBind, sendLoop, safeSend, recvLoop, safeRecv }
        return { inboxes: [readReady, writeReady], outboxes: [selectorSignal], methods }
      }
      show() {
        return this.all
      }
    }
    const { inboxes, outboxes, methods } = new Own().show()
    for (const inbox of inboxes) expect(inbox).toBeInstanceOf(Inbox)
    for (const outbox of outboxes) expect(outbox).toBeInstanceOf(Outbox)
    for (const method of Object.values(methods)) expect(method).toBeTypeOf('function')
  })

  it('BAS-03 a subclass can put itself before any of them', () => {
    const calls: string[] = []
    class Nosy extends Probe {
      protected override setupSelector(): void {
        calls.push('setupSelector')
        super.setupSelector()
      }
      protected override safeBind(address: Address): void {
        calls.push(`safeBind ${address}`)
        super.safeBind(address)
      }
      protected override sendLoop(): boolean {
        calls.push('sendLoop')
        return super.sendLoop()
      }
      protected override recvLoop(): 'batch' | 'socket' | 'room' {
        calls.push('recvLoop')
        return super.recvLoop()
      }
      protected override safeRecv(max: number): readonly Datagram[] {
        calls.push('safeRecv')
        return super.safeRecv(max)
      }
    }
    const scheduler = new Scheduler({ clock: new ManualClock() })
    onTestFinished(() => scheduler.stop())
    const options = { transport: new FakeTransport(), localAddr: '127.0.0.1', localPort: 1501 }
    scheduler.activate(new Nosy(options))
    scheduler.step()
    expect(calls).toEqual([
      'setupSelector',
      'safeBind 127.0.0.1,1501',
      'sendLoop',
      'recvLoop',
      'safeRecv',
    ])
  })

  it('BAS-04 safeSend sends one datagram whole', () => {
    const { peer, socket } = start()
    expect(peer.callSafeSend('häß', TO)).toBe(true)
    const bytes = new Uint8Array(MAX_PAYLOAD).map((_, i) => i)
    expect(peer.callSafeSend(bytes.subarray(1, 3), ['192.0.2.1', 65535])).toBe(true)
    expect(peer.callSafeSend(bytes, TO)).toBe(true)
    expect(socket.sent).toEqual([
      { data: Buffer.from('häß'), host: TO[0], port: TO[1] },
      { data: bytes.subarray(1, 3), host: '192.0.2.1', port: 65535 },
      { data: bytes, host: TO[0], port: TO[1] },
    ])
    expect(socket.runs).toEqual([1, 1, 1])
  })

  it('BAS-04 safeSend sends nothing at all while the socket would block: then the datagram is still the caller’s', () => {
    const { peer, socket, step, codes } = start()
    socket.room = 0
    expect(peer.callSafeSend('later', TO)).toBe(false)
    expect(peer.callSafeSend('later', TO)).toBe(false)
    socket.room = Infinity
    step()
    socket.tell('write')
    step()
    expect(socket.texts).toEqual([])
    expect(peer.callSafeSend('later', TO)).toBe(true)
    expect(socket.texts).toEqual(['later'])
    expect(codes()).toEqual([])
  })

  it('BAS-04 safeSend reports what cannot be sent, and never throws', () => {
    const { peer, socket, codes } = start()
    const bad = [
      ['x'.repeat(MAX_PAYLOAD + 1), TO, 'TOO_LARGE'],
      ['x', ['256.1.1.1', 9], 'BAD_ADDRESS'],
      ['x', ['::1', 9], 'BAD_ADDRESS'],
      ['x', [TO[0], 0], 'BAD_ADDRESS'],
      ['x', [TO[0], '9'], 'BAD_ADDRESS'],
      ['x', [undefined, undefined], 'BAD_ADDRESS'],
      [7, TO, 'BAD_MESSAGE'],
      [null, TO, 'BAD_MESSAGE'],
      [Symbol('x'), TO, 'BAD_MESSAGE'],
      [new DataView(new ArrayBuffer(1)), TO, 'BAD_MESSAGE'],
    ] as const
    for (const [data, to] of bad) expect(peer.callSafeSend(data as never, to as never)).toBe(true)
    expect(codes()).toEqual(bad.map(([, , code]) => code))
    expect(socket.sent).toEqual([])
    expect(peer.callSafeSend('good', TO)).toBe(true)
    expect(socket.texts).toEqual(['good'])
  })

  it('BAS-04 safeSend before the bind is "would block", and never throws', () => {
    expect(new Probe().callSafeSend('x', TO)).toBe(false)
  })

  it('BAS-04 safeSend goes after what is queued in the send buffer', () => {
    const { peer, socket, step } = start()
    socket.room = 1
    for (const text of ['a', 'b', 'c']) peer.inbox.deliver(letter(text))
    step()
    expect(socket.texts).toEqual(['a'])
    expect(peer.callSafeSend('d', TO)).toBe(false)
    socket.room = Infinity
    socket.tell('write')
    step()
    expect(socket.texts).toEqual(['a', 'b', 'c'])
  })

  it('BAS-04 safeSend to a name sends once it is looked up; meanwhile another datagram is still the caller’s', () => {
    const answers: Record<string, (error: null, address: string) => void> = {}
    const lookup: Lookup = (name, _, answer) => {
      answers[name] = answer
    }
    const { peer, socket, step } = start({ lookup })
    peer.inbox.deliver({ host: 'a.example', port: 9, data: 'a' })
    step()
    expect(peer.callSafeSend('b', ['b.example', 9])).toBe(false)
    answers['a.example']?.(null, '192.0.2.1')
    step()
    expect(peer.callSafeSend('b', ['b.example', 9])).toBe(true)
    expect(peer.callSafeSend('c', TO)).toBe(false)
    answers['b.example']?.(null, '192.0.2.2')
    step()
    expect(socket.sent.map(({ data, host }) => `${data} to ${host}`)).toEqual([
      'a to 192.0.2.1',
      'b to 192.0.2.2',
    ])
  })

  it('BAS-04 sendLoop sends the send buffer, then the inbox, until all is sent', () => {
    const { peer, socket, step } = start()
    socket.room = 2
    for (const text of ['a', 'b', 'c', 'd']) peer.inbox.deliver(letter(text))
    step()
    for (const text of ['e', 'f']) peer.inbox.deliver(letter(text))
    expect(socket.texts).toEqual(['a', 'b'])
    socket.room = Infinity
    socket.tell('write')
    step()
    expect(socket.texts).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(peer.inbox.length).toBe(0)
    const many = Array.from({ length: 1000 }, (_, i) => `${i}`)
    for (const text of many) peer.inbox.deliver(letter(text))
    peer.callSendLoop()
    expect(socket.texts.slice(6)).toEqual(many)
  })

  it('BAS-04 sendLoop stops when the socket would block: what it did not take stays in the inbox', () => {
    const { peer, socket, step } = start()
    socket.room = 3
    for (let i = 0; i < 1000; i++) peer.inbox.deliver(letter(`${i}`))
    peer.callSendLoop()
    peer.callSendLoop()
    expect(socket.texts).toEqual(['0', '1', '2'])
    expect(socket.runs).toHaveLength(1)
    expect(peer.inbox.length).toBeGreaterThanOrEqual(1000 - 256)
    socket.room = 4
    step()
    socket.tell('write')
    step()
    expect(socket.texts).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  })

  it('BAS-04 safeBind opens the socket with the options, and binds it to the address given', () => {
    const options = { localAddr: '127.0.0.1', localPort: 1501, broadcast: true, ttl: 3 }
    const { peer, transport } = start(options)
    expect(transport.opened).toMatchObject([
      { family: 4, host: '127.0.0.1', port: 1501, receive: true, broadcast: true, ttl: 3 },
    ])
    expect(peer.address).toEqual(['127.0.0.1', 1501])
  })

  it('BAS-04 safeBind that fails throws BIND_FAILED with the cause', async () => {
    const transport = new FakeTransport()
    transport.openError = Object.assign(new Error('bind EPROTO'), {
      code: 'EPROTO',
      syscall: 'bind',
    })
    const peer = new Probe({ transport, localPort: 1501 })
    await expect(peer.run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      cause: transport.openError,
      address: '0.0.0.0',
      port: 1501,
      syscall: 'bind',
      message: 'cannot bind 0.0.0.0:1501: bind EPROTO',
    })
    expect(peer.address).toBeUndefined()
  })

  it('OPT-10 a bind that fails because there is no IPv6 says so', async () => {
    const transport = new FakeTransport()
    transport.openError = Object.assign(new Error('socket EAFNOSUPPORT'), { code: 'EAFNOSUPPORT' })
    const peer = new Probe({ transport, receiverAddr: '::1', receiverPort: 9 })
    await expect(peer.run()).rejects.toMatchObject({
      code: 'BIND_FAILED',
      message: 'cannot bind [::]:0: this machine has no IPv6; use IPv4 addresses',
    })
  })

  it.each(['no error', 7, {}])(
    'BAS-04 safeBind makes BIND_FAILED of whatever a transport throws: %o',
    async (thrown) => {
      const transport = {
        name: 'odd',
        open(): never {
          throw thrown
        },
      }
      await expect(new Probe({ transport }).run()).rejects.toMatchObject({ code: 'BIND_FAILED' })
    },
  )

  it('BAS-05 safeRecv reads at most max datagrams, and does not wait for more', () => {
    const { peer, socket } = start()
    expect(peer.callSafeRecv(5)).toEqual([])
    socket.receive('a', 'b', 'c')
    expect(texts(peer.callSafeRecv(2))).toEqual(['a', 'b'])
    expect(texts(peer.callSafeRecv(2))).toEqual(['c'])
    expect(peer.callSafeRecv(2)).toEqual([])
  })

  it('BAS-05 safeRecv never throws: an error is counted, and reading goes on', () => {
    const { peer, socket, got, step } = start()
    socket.readError = new Error('EIO')
    expect(peer.callSafeRecv(5)).toEqual([])
    expect(peer.stats.receiveErrors).toBe(1)
    socket.readError = undefined
    socket.receive('after')
    step()
    expect(texts(got)).toEqual(['after'])
    expect(new Probe().callSafeRecv(5)).toEqual([])
  })

  it('BAS-05 recvLoop emits what it read until the socket has no more', () => {
    const { peer, socket, got, step } = start()
    socket.receive('a', 'b', 'c')
    step()
    expect(texts(got)).toEqual(['a', 'b', 'c'])
    expect(peer.callRecvLoop()).toBe('socket')
    expect(peer.stats).toMatchObject({ received: 3, receivedBytes: 3 })
  })

  it('BAS-05 recvLoop ends with the batch, whatever waits', () => {
    const { peer, socket, scheduler, step } = start({}, { capacity: 10_000 })
    const all = Array.from({ length: 600 }, (_, i) => `${i}`)
    socket.receive(...all)
    scheduler.step()
    const first = peer.stats.received
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThanOrEqual(256)
    expect(peer.callRecvLoop()).toBe('batch')
    expect(peer.stats.received).toBeLessThanOrEqual(512)
    step()
    expect(peer.stats.received).toBe(600)
  })

  it('BAS-05 recvLoop ends with the room in outbox: the rest stays with the transport', () => {
    const { peer, socket, got, step } = start({}, { capacity: 2 })
    socket.receive('a', 'b', 'c', 'd', 'e')
    step()
    expect(got.length).toBe(2)
    expect(peer.callRecvLoop()).toBe('room')
    expect(socket.arrived).toHaveLength(3)
    expect(texts(got)).toEqual(['a', 'b'])
    step()
    expect(texts(got)).toEqual(['c', 'd'])
    step()
    expect(texts(got)).toEqual(['e'])
    expect(peer.callRecvLoop()).toBe('socket')
  })

  it('BND-07 errors while closing are never thrown', () => {
    const { peer, scheduler, socket, said, step } = start()
    const failures: unknown[] = []
    scheduler.observe((event) => event.kind === 'failed' && failures.push(event.error))
    socket.closeError = new Error('EIO')
    const word = shutdownMicroprocess()
    peer.control.deliver(word)
    step()
    expect(peer.ended).toBe(true)
    expect([...said]).toEqual([word])
    expect(failures).toEqual([])
  })

  it('ADR-10 a clamped receive buffer is one warning, and only if it is smaller than asked', () => {
    const clamping = (real: number | undefined) => {
      const inner = new FakeTransport()
      return {
        name: 'clamping',
        open: (options: Parameters<FakeTransport['open']>[0]) =>
          Object.assign(inner.open(options), { recvBufferSize: real }),
      }
    }
    const codesFor = (real: number | undefined, recvBufferSize?: number): string[] => {
      const peer = new Probe({
        transport: clamping(real),
        ...(recvBufferSize && { recvBufferSize }),
      })
      const reports = new Inbox<UdpngError>('Reports')
      link(peer.errors, reports)
      const scheduler = new Scheduler({ clock: new ManualClock() })
      onTestFinished(() => scheduler.stop())
      scheduler.activate(peer)
      for (let i = 0; i < 3; i++) scheduler.step()
      return [...reports].map(({ code, message }) => `${code} ${message.match(/\d+/g)?.sort()}`)
    }
    expect(codesFor(1000, 2000)).toEqual(['BUFFER_CLAMPED 1000,2000'])
    expect(codesFor(2000, 2000)).toEqual([])
    expect(codesFor(4000, 2000)).toEqual([])
    expect(codesFor(1000)).toEqual([])
    expect(codesFor(undefined, 2000)).toEqual([])
  })
})
