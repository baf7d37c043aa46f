import {
  dgramTransport,
  type Notice,
  noStats,
  type Readiness,
  type Selectable,
  Selector,
  type SelectorRequest,
} from '@udpng/basic-peer'
import {
  Component,
  Inbox,
  link,
  type Main,
  Outbox,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { activeResources, eventually, ManualClock, turn } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeTransport } from './fake-transport.js'
import { Probe } from './probe.js'

/** A socket whose readiness the test decides. */
class Fake implements Selectable {
  readonly watching: Map<Readiness, () => void> = new Map()
  asked = 0

  watch(readiness: Readiness, notify: (() => void) | undefined): void {
    if (!notify) this.watching.delete(readiness)
    else {
      this.asked++
      this.watching.set(readiness, notify)
    }
  }

  /** It becomes ready: the waiting component is notified, once. */
  become(readiness: Readiness): void {
    const notify = this.watching.get(readiness)
    this.watching.delete(readiness)
    notify?.()
  }
}

/** Lives until it is asked to shut down, so that a run goes on. */
class Keeper extends Component {
  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

/** A Selector with one user, that does what it is asked at each `step`. */
function start() {
  const scheduler = new Scheduler({ clock: new ManualClock() })
  const selector = scheduler.service(Selector, () => new Selector())
  const out = new Outbox<SelectorRequest>('Requests')
  link(out, selector.requests)
  onTestFinished(() => scheduler.stop())
  const notices = (): Inbox<Notice> => new Inbox<Notice>('Notices')
  const add = (socket: Selectable, ready: Readiness, notify = notices()): Inbox<Notice> => {
    out.send({ kind: 'add', socket, ready, notify })
    return notify
  }
  const remove = (socket: Selectable, ready: Readiness): boolean =>
    out.send({ kind: 'remove', socket, ready })
  out.send({ kind: 'join' })
  return { scheduler, selector, out, add, remove, notices, step: () => scheduler.step() }
}

const services = (scheduler: Scheduler): string[] =>
  scheduler
    .snapshot()
    .components.filter(({ plumbing }) => plumbing)
    .map(({ name }) => name)

describe('Selector', () => {
  it('SEL-01 there is one per scheduler, made on first use, that all peers are linked to', async () => {
    const scheduler = new Scheduler()
    onTestFinished(() => scheduler.stop())
    scheduler.activate(new Keeper())
    void scheduler.run()
    await turn()
    expect(services(scheduler)).toEqual([])
    const transport = new FakeTransport()
    const peers = [1, 2, 3].map(() => scheduler.activate(new Probe({ transport })))
    for (const peer of peers) await peer.bound
    const [selector, ...others] = services(scheduler)
    expect(others).toEqual([])
    expect(selector).toMatch(/^Selector#/)
    const links = scheduler.snapshot().links.filter(({ from }) => from.endsWith('selectorSignal'))
    expect(links).toEqual(
      peers.map(({ name }) => ({ from: `${name}.selectorSignal`, to: `${selector}.requests` })),
    )
  })

  it('SEL-01 it ends when no peer uses it any more, and is made anew for the next', async () => {
    const scheduler = new Scheduler()
    onTestFinished(() => scheduler.stop())
    scheduler.activate(new Keeper())
    void scheduler.run()
    const transport = new FakeTransport()
    const [first, second] = [1, 2].map(() => scheduler.activate(new Probe({ transport })))
    await second?.bound
    const [selector] = services(scheduler)
    first?.control.deliver(shutdownMicroprocess())
    await eventually(() => first?.ended === true)
    for (let i = 0; i < 5; i++) await turn()
    expect(services(scheduler)).toEqual([selector])
    second?.control.deliver(shutdownMicroprocess())
    await eventually(() => services(scheduler).length === 0, 'the end of the Selector')
    await scheduler.activate(new Probe({ transport })).bound
    expect(services(scheduler)).toHaveLength(1)
    expect(services(scheduler)).not.toContain(selector)
  })

  it('SEL-01 peers on other schedulers have another one', async () => {
    const transport = new FakeTransport()
    const selectors = [new Scheduler(), new Scheduler()].map((scheduler) => {
      onTestFinished(() => scheduler.stop())
      scheduler.activate(new Probe({ transport }))
      scheduler.step()
      return scheduler.service(Selector, () => new Selector())
    })
    expect(new Set(selectors).size).toBe(2)
  })

  it('SEL-01 it takes no CPU while nothing is ready: no timer, no wake-up', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    onTestFinished(() => scheduler.stop())
    const timers = () => activeResources().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const transport = new FakeTransport()
    const peers = [1, 2].map(() => scheduler.activate(new Probe({ transport })))
    void scheduler.run()
    for (const peer of peers) await peer.bound
    const isIdle = (): boolean =>
      scheduler.snapshot().components.every(({ state }) => state === 'paused') &&
      !activeResources().includes('Immediate')
    await eventually(isIdle, 'that nothing is left to do')
    const idle = scheduler.snapshot()
    for (let i = 0; i < 50; i++) await turn()
    expect(scheduler.snapshot()).toEqual(idle)
    expect(clock.pending).toBe(0)
    expect(timers()).toBeLessThanOrEqual(before) // one that the test runner had may be gone
    expect(activeResources()).not.toContain('Immediate')
  })

  it('SEL-01 it does not keep run() from resolving', async () => {
    const peer = new Probe({ transport: new FakeTransport() })
    const run = peer.run()
    await peer.bound
    peer.control.deliver(shutdownMicroprocess())
    await run
  })

  it.each(['read', 'write'] as const)(
    'SEL-02 a %s request is one notice to its box; then it must be asked again',
    (ready) => {
      const { add, step } = start()
      const socket = new Fake()
      const box = add(socket, ready)
      step()
      expect(box.length).toBe(0)
      socket.become(ready)
      expect([...box]).toEqual([true])
      socket.become(ready)
      step()
      socket.become(ready)
      expect(box.length).toBe(0)
      add(socket, ready, box)
      step()
      socket.become(ready)
      expect([...box]).toEqual([true])
    },
  )

  it('SEL-02 of several requests for one socket and kind, only the first counts until it fires', () => {
    const { add, step } = start()
    const socket = new Fake()
    const boxes = [add(socket, 'read'), add(socket, 'read')]
    step()
    boxes.push(add(socket, 'read'))
    step()
    expect(socket.asked).toBe(1)
    socket.become('read')
    expect(boxes.map((box) => box.length)).toEqual([1, 0, 0])
    const next = add(socket, 'read')
    step()
    socket.become('read')
    expect([...boxes, next].map((box) => box.length)).toEqual([1, 0, 0, 1])
  })

  it('SEL-02 ... or is removed', () => {
    const { add, remove, step } = start()
    const socket = new Fake()
    const first = add(socket, 'read')
    step()
    remove(socket, 'read')
    const second = add(socket, 'read')
    step()
    socket.become('read')
    expect([first, second].map((box) => box.length)).toEqual([0, 1])
  })

  it('SEL-02 reading and writing, and other sockets, are requests of their own', () => {
    const { add, step } = start()
    const [one, two] = [new Fake(), new Fake()]
    const boxes = [add(one, 'read'), add(one, 'write'), add(two, 'read')]
    step()
    one.become('write')
    expect(boxes.map((box) => box.length)).toEqual([0, 1, 0])
    two.become('read')
    expect(boxes.map((box) => box.length)).toEqual([0, 1, 1])
    one.become('read')
    expect(boxes.map((box) => box.length)).toEqual([1, 1, 1])
  })

  it('SEL-02 on a real socket: one notice, be it that two datagrams come', async () => {
    const { scheduler, add } = start()
    scheduler.activate(new Keeper())
    void scheduler.run()
    const open = () => {
      const options = { family: 4, host: '127.0.0.1', port: 0, receive: true } as const
      const told = { stats: noStats(), onFailed: () => {}, onSettled: () => {} }
      const socket = dgramTransport.open({ ...options, ...told })
      onTestFinished(() => socket.close())
      return socket
    }
    const [receiver, sender] = [open(), open()]
    const [host, port] = receiver.address
    const data = Buffer.from('x')
    const box = add(receiver, 'read')
    await turn()
    sender.send([
      { data, host, port },
      { data, host, port },
    ])
    await eventually(() => box.length > 0, 'a notice')
    await eventually(() => receiver.read(1).length === 1, 'a datagram')
    sender.send([{ data, host, port }])
    await eventually(() => receiver.read(1).length === 1, 'a datagram')
    for (let i = 0; i < 10; i++) await turn()
    expect(box.delivered).toBe(1)
    add(receiver, 'read', box)
    await eventually(() => box.delivered === 2, 'the second notice')
  })

  it('SEL-03 a removed request never fires', () => {
    const { add, remove, step } = start()
    const socket = new Fake()
    const boxes = [add(socket, 'read'), add(socket, 'write')]
    step()
    remove(socket, 'read')
    step()
    socket.become('read')
    socket.become('write')
    expect(boxes.map((box) => box.length)).toEqual([0, 1])
  })

  it('SEL-03 ... also when it is asked and removed in the same batch', () => {
    const { add, remove, step } = start()
    const socket = new Fake()
    const box = add(socket, 'read')
    remove(socket, 'read')
    step()
    socket.become('read')
    expect(box.length).toBe(0)
    expect(socket.watching.size).toBe(0)
  })

  it('SEL-03 removing what is unknown, or has fired, is harmless', () => {
    const { scheduler, add, remove, step } = start()
    const [known, unknown] = [new Fake(), new Fake()]
    const box = add(known, 'read')
    step()
    known.become('read')
    remove(known, 'read')
    remove(known, 'write')
    remove(unknown, 'read')
    step()
    expect(services(scheduler)).toHaveLength(1)
    add(known, 'read', box)
    step()
    known.become('read')
    expect(box.length).toBe(2)
  })

  it('SEL-03 a socket that goes takes its own requests, and no others', () => {
    const { out, add, step } = start()
    out.send({ kind: 'join' })
    const [gone, other] = [new Fake(), new Fake()]
    const boxes = [add(gone, 'read'), add(gone, 'write'), add(other, 'read'), add(other, 'write')]
    step()
    out.send({ kind: 'leave', socket: gone })
    step()
    expect(gone.watching.size).toBe(0)
    for (const socket of [gone, other])
      for (const ready of ['read', 'write'] as const) socket.become(ready)
    expect(boxes.map((box) => box.length)).toEqual([0, 0, 1, 1])
  })

  it('SEL-03 the end of one peer leaves the others readable and writable', async () => {
    const transport = new FakeTransport()
    const scheduler = new Scheduler({ clock: new ManualClock() })
    onTestFinished(() => scheduler.stop())
    const [one, two] = [new Probe({ transport }), new Probe({ transport })]
    scheduler.activate(one)
    scheduler.activate(two)
    for (let i = 0; i < 3; i++) scheduler.step()
    const got = new Inbox('Datagrams')
    link(two.outbox, got)
    const socket = transport.sockets[1]
    if (socket) socket.room = 1
    two.inbox.deliver({ host: '127.0.0.1', port: 9, data: 'first' })
    two.inbox.deliver({ host: '127.0.0.1', port: 9, data: 'second' })
    one.control.deliver(shutdownMicroprocess())
    for (let i = 0; i < 3; i++) scheduler.step()
    expect(one.ended).toBe(true)
    expect(transport.sockets[0]?.closed).toBeGreaterThan(0)
    socket?.receive('still here')
    if (socket) socket.room = 1
    socket?.tell('write')
    for (let i = 0; i < 3; i++) scheduler.step()
    expect(got.length).toBe(1)
    expect(socket?.texts).toEqual(['first', 'second'])
  })

  it('SEL-03 when it ends, it takes back all that it asked for', () => {
    const { add, selector, step } = start()
    const socket = new Fake()
    const boxes = [add(socket, 'read'), add(socket, 'write')]
    step()
    selector.control.deliver(shutdownMicroprocess())
    step()
    expect(selector.ended).toBe(true)
    expect(socket.watching.size).toBe(0)
    expect(boxes.map((box) => box.length)).toEqual([0, 0])
  })

  it('SEL-04 a socket whose watch throws costs its own request: the box gets the error, the others their notices', () => {
    const { add, remove, out, selector, step } = start()
    const why = new Error('watch is broken')
    const broken: Selectable = {
      watch() {
        throw why
      },
    }
    const right = new Fake()
    const failed = [add(broken, 'read'), add(undefined as never, 'read')]
    const box = add(right, 'read')
    remove(broken, 'read')
    out.send({ kind: 'join' })
    out.send({ kind: 'leave', socket: broken })
    step()
    expect([...(failed[0] ?? [])]).toMatchObject([{ code: 'TRANSPORT_FAILED', cause: why }])
    expect([...(failed[1] ?? [])]).toMatchObject([{ code: 'TRANSPORT_FAILED' }])
    right.become('read')
    expect([...box]).toEqual([true])
    expect(selector.ended).toBe(false)
    // It can be asked again.
    const again = add(broken, 'read')
    step()
    expect(again.length).toBe(1)
  })

  it('SEL-05 a socket that calls twice, or inside watch, gives one notice for each request', () => {
    const { add, step } = start()
    const calls: (() => void)[] = []
    const eager: Selectable = {
      watch(_, notify) {
        if (!notify) return
        calls.push(notify)
        notify()
        notify()
      },
    }
    const box = add(eager, 'read')
    step()
    for (const call of calls) call()
    expect([...box]).toEqual([true])
    add(eager, 'read', box)
    step()
    calls[0]?.()
    expect([...box]).toEqual([true])
  })

  it('SEL-05 one that calls when the request was taken back, or its user has left, gives none', () => {
    const { add, remove, out, step } = start()
    const socket = (): Selectable & { call?: (() => void) | undefined } => ({
      watch(_, notify) {
        this.call ??= notify
      },
    })
    const [removed, left] = [socket(), socket()]
    const boxes = [add(removed, 'read'), add(left, 'write')]
    step()
    remove(removed, 'read')
    out.send({ kind: 'join' })
    out.send({ kind: 'leave', socket: left })
    step()
    removed.call?.()
    left.call?.()
    expect(boxes.map(({ length }) => length)).toEqual([0, 0])
  })

  it('SEL-06 a box that refuses, and an invalid request, affect no other', () => {
    const { add, out, selector, step } = start()
    const full = new Inbox<Notice>('Full', { capacity: 1, whenFull: 'throw' })
    full.deliver(true)
    const [one, other] = [new Fake(), new Fake()]
    add(one, 'read', full)
    for (const odd of [undefined, null, 7, {}, { kind: 'leave?' }]) out.send(odd as never)
    const box = add(other, 'read')
    step()
    expect(() => one.become('read')).not.toThrow()
    other.become('read')
    expect([...box]).toEqual([true])
    expect(full.length).toBe(1)
    expect(selector.ended).toBe(false)
  })
})
