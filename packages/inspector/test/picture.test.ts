import { Component, type Counts, Inbox, link, type Main, Outbox, Scheduler } from '@udpng/core'
import { UDPReceiver } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { ask, snapshot, snapshotWhere } from './client.js'
import { Counting, inspecting, Relay, Wall } from './parts.js'

/** A scheduler that runs, and stops at the end of the block. */
function running(...components: Component[]): Scheduler & Disposable {
  const scheduler = new Scheduler({ onFailure: 'isolate' })
  for (const component of components) scheduler.activate(component)
  void scheduler.run()
  return Object.assign(scheduler, { [Symbol.dispose]: () => scheduler.stop() })
}

describe('a picture', { timeout: 120_000 }, () => {
  it('INS-03 shows each component with its boxes, and the links between them', async () => {
    const relay = new Relay()
    const wall = new Wall({ capacity: 3 })
    link(relay.outbox, wall.inbox)
    using scheduler = running(relay, wall)
    await using inspector = await inspecting(scheduler)
    for (const message of ['a', 'b']) relay.inbox.deliver(message)
    const before = Date.now()
    const { components, links, more, time } = await snapshotWhere(
      inspector.url,
      ({ components }) => components['Wall#1']?.inboxes['inbox']?.length === 2,
    )
    expect(Object.keys(components)).toEqual(['Relay#1', 'Wall#1'])
    expect(components['Relay#1']).toEqual({
      id: 1,
      group: 'Relay',
      state: 'paused',
      inboxes: {
        control: {
          doc: 'Shutdown messages',
          plumbing: true,
          length: 0,
          capacity: 1024,
          delivered: 0,
          taken: 0,
          dropped: 0,
        },
        inbox: { doc: 'Anything', length: 0, capacity: 1024, delivered: 2, taken: 2, dropped: 0 },
      },
      outboxes: {
        signal: { doc: 'Why it ended', plumbing: true, sent: 0, discarded: 0 },
        outbox: { doc: 'The same', sent: 2, discarded: 0 },
        errors: { doc: 'What went wrong', plumbing: true, sent: 0, discarded: 0 },
      },
      drops: {},
    })
    expect(components['Wall#1']?.inboxes['inbox']).toEqual({
      doc: 'Anything',
      length: 2,
      capacity: 3,
      delivered: 2,
      taken: 0,
      dropped: 0,
    })
    expect(links).toEqual({ 'Relay#1.outbox': 'Wall#1.inbox' })
    expect(more).toBe(0)
    expect(time).toBeGreaterThanOrEqual(before - 1000)
  })

  it('INS-03 shows numbers and address of what has them, parents, plumbing, and inboxes without a bound', async () => {
    class Parent extends Wall {
      override *main(): Main {
        this.activate(new Wall({ capacity: Infinity }))
        yield* super.main()
      }
    }
    using scheduler = running(new Counting(), new Parent())
    scheduler.service('it', () => new Wall())
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) => Object.keys(components).length === 4,
    )
    expect(components['Counting#1']).toMatchObject({
      stats: { received: 1, 'dropped.noRoom': 2, 'dropped.unread': 0, 'failed.ENETUNREACH': 3 },
      address: '[::1]:1500',
    })
    expect(components['Wall#1']).toMatchObject({ plumbing: true })
    expect(components['Wall#2']).toMatchObject({ parent: 'Parent#1' })
    expect(components['Wall#2']?.inboxes['inbox']).not.toHaveProperty('capacity')
    expect((await ask(inspector.url, '/snapshot')).body).not.toContain('null')
  })

  it('INS-03 shows a peer: where it is bound, and what it has received', async () => {
    const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
    using scheduler = running(receiver)
    const [host, port] = await receiver.bound
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    expect(components['UDPReceiver#1']).toMatchObject({
      address: `${host}:${port}`,
      stats: { received: 0, 'dropped.unread': 0 },
    })
  })

  it('INS-04 says why messages were dropped, and counts them', async () => {
    const wall = new Wall({ capacity: 2, whenFull: 'dropNewest' })
    using scheduler = running(wall, new Counting())
    for (let i = 0; i < 5; i++) wall.inbox.deliver(i)
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    expect(components['Wall#1']?.drops).toEqual({ inboxFull: 3 })
    expect(components['Counting#1']?.drops).toEqual({ noRoom: 2, ENETUNREACH: 3 })
  })

  it('INS-04 a reason may be called as what every object has', async () => {
    const counting = new Counting()
    counting.counts = { dropped: { constructor: 2, toString: 1 } as Record<string, number> }
    using scheduler = running(counting)
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    expect(components['Counting#1']?.drops).toEqual({ constructor: 2, toString: 1 })
  })

  it('INS-68 what a component drops, the kernel drops and does not add up comes from its account, without its parts', async () => {
    class Parent extends Counting {
      override *main(): Main {
        const child = new Counting()
        child.counts = {
          entered: 10,
          kernelDrops: { atLeast: 1, about: 2, atMost: 64 },
          refused: 4,
        }
        this.activate(child)
        yield* super.main()
      }
    }
    const parent = new Parent()
    parent.counts = {
      dropped: { late: 7 },
      kernelDrops: { atLeast: 5, about: 5, atMost: 5 },
    }
    using scheduler = running(parent)
    await using inspector = await inspecting(scheduler)
    const { components, account } = await snapshotWhere(
      inspector.url,
      ({ components }) => components['Counting#1'] !== undefined,
    )
    expect(components['Parent#1']).toMatchObject({
      drops: { late: 7 },
      kernelDrops: { atLeast: 5, about: 5, atMost: 5 },
      unaccounted: -7,
    })
    expect(components['Parent#1']?.refused ?? 0).toBe(0)
    expect(components['Counting#1']).toMatchObject({
      drops: {},
      kernelDrops: { atLeast: 1, about: 2, atMost: 64 },
      unaccounted: 10,
      refused: 4,
    })
    expect(account).toMatchObject({
      entered: 10,
      dropped: { late: 7 },
      kernelDrops: { atLeast: 6, about: 7, atMost: 69 },
      unaccounted: 3,
      refused: 4,
      complete: true,
    })
    const { body } = await ask(inspector.url, '/metrics')
    for (const [metric, ofParent, ofChild] of [
      ['kernel_drops_at_least_total', 5, 1],
      ['kernel_drops_about_total', 5, 2],
      ['kernel_drops_at_most_total', 5, 64],
      ['messages_unaccounted', -7, 10],
    ]) {
      expect(body).toContain(`udpng_${metric}{component="Parent#1"} ${ofParent}\n`)
      expect(body).toContain(`udpng_${metric}{component="Counting#1"} ${ofChild}\n`)
    }
    expect((await ask(inspector.url, '/snapshot')).body).not.toContain('null')
  })

  it('INS-14 an account that counts what is not a number is shown without it', async () => {
    const odd = new Counting()
    const bounds = { atLeast: Number.NaN, about: Infinity, atMost: 'x' as never }
    odd.counts = { dropped: { bad: Number.NaN, text: 'x' as never }, kernelDrops: bounds }
    using scheduler = running(odd)
    await using inspector = await inspecting(scheduler)
    const { body } = await ask(inspector.url, '/snapshot')
    expect(body).not.toContain('null')
    const { drops, kernelDrops } = JSON.parse(body).components['Counting#1']
    expect([drops, kernelDrops]).toEqual([{}, undefined])
  })

  it('INS-68 what has ended stays in the account of the system, however many come and go', async () => {
    class Losing extends Counting {
      override counts: Counts = { entered: 1, dropped: { late: 1 } }
      override *main(): Main {}
    }
    using scheduler = running(new Wall())
    await using inspector = await inspecting(scheduler)
    for (let i = 0; i < 700; i++) scheduler.activate(new Losing())
    const { account } = await snapshotWhere(
      inspector.url,
      ({ account }) => account.dropped['late'] === 700,
    )
    expect(account).toMatchObject({ entered: 700, unaccounted: 0 })
  })

  it('INS-69 says which boxes carry no data', async () => {
    using scheduler = running(new Relay())
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    const { inboxes = {}, outboxes = {} } = components['Relay#1'] ?? {}
    const plumbing = Object.entries({ ...inboxes, ...outboxes })
      .filter(([, box]) => box.plumbing)
      .map(([field]) => field)
    expect(plumbing).toEqual(['control', 'signal', 'errors'])
  })

  it('INS-72 a box for data is data whatever its name', async () => {
    class House extends Component {
      readonly room: Inbox<unknown> = new Inbox('Guests')
      readonly news: Inbox<unknown> = new Inbox('Papers')
      readonly signal1: Outbox<unknown> = new Outbox('Smoke')
      readonly hidden: Inbox<unknown> = new Inbox('Notices', { role: 'internal' })

      override *main(): Main {
        while (!this.readControl()) yield this.pause()
      }
    }
    using scheduler = running(new House())
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    const { inboxes = {}, outboxes = {} } = components['House#1'] ?? {}
    const data = Object.entries({ ...inboxes, ...outboxes }).flatMap(([field, box]) =>
      box.plumbing ? [] : field,
    )
    expect(data).toEqual(['room', 'news', 'signal1'])
  })

  it('INS-04 a field that throws when it is read affects nothing else', async () => {
    let late = false
    const wall = Object.defineProperty(new Wall(), 'lazy', {
      enumerable: true,
      get: () => {
        if (late) throw new Error('too late')
      },
    })
    using scheduler = running(wall, new Counting())
    await using inspector = await inspecting(scheduler)
    late = true
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) => Object.keys(components['Wall#1']?.inboxes ?? { x: 1 }).length === 0,
    )
    expect(components['Counting#1']?.inboxes['inbox']).toBeDefined()
    const { status } = await fetch(new URL('messages?box=Wall%231.inbox', inspector.url))
    late = false
    expect(status).toBe(404)
  })

  it('INS-04 counts what was not read before the end once, and control messages that come too late never', async () => {
    const peer = new Wall()
    using scheduler = running(peer, new Wall())
    peer.inbox.deliver('too late')
    await using inspector = await inspecting(scheduler)
    peer.control.deliver({ kind: 'producerFinished' })
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) => components['Wall#1']?.state === 'ended',
    )
    expect(components['Wall#1']?.drops).toEqual({ unread: 1 })
    peer.control.deliver({ kind: 'producerFinished' })
    expect((await snapshot(inspector.url)).components['Wall#1']?.drops).toEqual({ unread: 1 })
  })

  it('INS-04 shows the last error: what was reported on `errors`, or why it failed', async () => {
    const [one, two] = [new Relay(), new Relay()]
    using scheduler = running(one, two, new Wall())
    await using inspector = await inspecting(scheduler)
    one.inbox.deliver('report')
    two.inbox.deliver('fail')
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) =>
        components['Relay#1']?.error !== undefined && components['Relay#2']?.state === 'failed',
    )
    expect(components['Relay#1']).toMatchObject({
      state: 'paused',
      error: { code: 'SEND_FAILED', message: 'could not', time: expect.any(Number) },
    })
    expect(components['Relay#2']?.error).toMatchObject({
      code: 'COMPONENT_FAILED',
      message: expect.stringContaining('as requested'),
    })
  })

  it('INS-04 shows one that failed before it was ever looked at', async () => {
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    scheduler.activate(new Wall())
    void scheduler.run()
    await using inspector = await inspecting(scheduler)
    const relay = new Relay()
    relay.inbox.deliver('fail')
    scheduler.activate(relay)
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) => components['Relay#1']?.state === 'failed',
    )
    expect(components['Relay#1']?.error?.message).toContain('as requested')
    scheduler.stop()
  })

  it('INS-05 the last picture stays when the run is over, with its links', async () => {
    const relay = new Relay()
    const wall = new Wall()
    link(relay.outbox, wall.inbox)
    link(relay.signal, wall.control)
    const scheduler = running(relay, wall)
    await using inspector = await inspecting(scheduler)
    await snapshotWhere(inspector.url, ({ links }) => Object.keys(links).length === 2)
    relay.inbox.deliver('last')
    relay.control.deliver({ kind: 'producerFinished' })
    const { components, links } = await snapshotWhere(
      inspector.url,
      ({ components }) => components['Wall#1']?.state === 'ended',
    )
    expect(components['Relay#1']?.state).toBe('ended')
    expect(components['Wall#1']).toMatchObject({ drops: { unread: 1 } })
    expect(links).toEqual({ 'Relay#1.outbox': 'Wall#1.inbox', 'Relay#1.signal': 'Wall#1.control' })
    expect(Object.keys((await snapshot(inspector.url)).components)).toHaveLength(2)
  })

  it('INS-05 of those that ended the last 64 are remembered, and the last 64 that failed', async () => {
    class Short extends Wall {}
    class Wrong extends Wall {
      override *main(): Main {
        yield* super.main()
        throw new Error('wrong')
      }
    }
    const all = [Short, Wrong].flatMap((Kind) => Array.from({ length: 70 }, () => new Kind()))
    using scheduler = running(new Wall())
    await using inspector = await inspecting(scheduler)
    for (const one of all) scheduler.activate(one)
    await snapshotWhere(inspector.url, ({ components }) => Object.keys(components).length === 141)
    for (const one of all) one.control.deliver({ kind: 'producerFinished' })
    const { components } = await snapshotWhere(inspector.url, ({ components }) => {
      const states = Object.values(components).map(({ state }) => state)
      return states.length === 129 && states.filter((state) => state === 'ended').length === 64
    })
    expect(Object.keys(components)).not.toContain('Short#6')
    expect(Object.keys(components)).toContain('Short#7')
    expect(Object.keys(components)).not.toContain('Wrong#6')
    expect(Object.keys(components)).toContain('Wrong#7')
  })

  it('INS-14 a component that throws when it is looked at affects nothing else', async () => {
    class Hostile extends Wall {
      get stats(): unknown {
        throw new Error('no numbers')
      }
      get address(): unknown {
        throw new Error('no address')
      }
    }
    class Odd extends Wall {
      readonly stats: unknown = {
        many: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`n${i}`, i])),
        text: 'a',
        not: Number.NaN,
        endless: Infinity,
        none: null,
        __proto__: { inherited: 1 },
      }
      readonly address: unknown = ['only a host']
    }
    using scheduler = running(new Hostile(), new Odd(), new Wall())
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshot(inspector.url)
    expect(Object.keys(components)).toEqual(['Hostile#1', 'Odd#1', 'Wall#1'])
    expect(components['Hostile#1']).not.toHaveProperty('stats')
    const { stats = {} } = components['Odd#1'] ?? {}
    expect(Object.keys(stats)).toHaveLength(64)
    expect(Object.keys(stats).every((key) => key.startsWith('many.n'))).toBe(true)
    expect(components['Odd#1']).not.toHaveProperty('address')
  })

  it('INS-15 shows 500 components at most, and says how many more there are', async () => {
    using scheduler = running(...Array.from({ length: 620 }, () => new Wall()))
    await using inspector = await inspecting(scheduler)
    const { components, more } = await snapshot(inspector.url)
    expect(Object.keys(components)).toHaveLength(500)
    expect(more).toBe(120)
    expect(components['Wall#500']).toBeDefined()
  })

  it('INS-15 shows 64 boxes of a component at most', async () => {
    class Wide extends Wall {
      override *main(): Main {
        for (let i = 0; i < 100; i++) this.adopt(`box${i}`, new Outbox('x'.repeat(1000)))
        yield* super.main()
      }
    }
    using scheduler = running(new Wide())
    await using inspector = await inspecting(scheduler)
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) => Object.keys(components['Wide#1']?.outboxes ?? {}).length > 1,
    )
    const { inboxes = {}, outboxes = {} } = components['Wide#1'] ?? {}
    expect(Object.keys(inboxes).length + Object.keys(outboxes).length).toBe(64)
    expect(outboxes['box0']?.doc).toHaveLength(200)
  })

  it('INS-08 the last minutes are there second by second, as rates', async () => {
    const wall = new Wall()
    using scheduler = running(wall)
    await using inspector = await inspecting(scheduler)
    expect(JSON.parse((await ask(inspector.url, '/history')).body)).toEqual([])
    for (let i = 0; i < 100; i++) wall.inbox.deliver(i)
    let moments: { time: number; delivered: number }[] = []
    const began = Date.now()
    const busyAt = (): number => moments.findIndex(({ delivered }) => delivered > 0)
    while ((busyAt() < 0 || moments.length < busyAt() + 2) && Date.now() < began + 60_000) {
      moments = JSON.parse((await ask(inspector.url, '/history')).body)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const [first, second] = moments.slice(busyAt())
    // A rate: what came in the moment, by the second.
    expect(first?.delivered).toBeGreaterThan(0)
    expect(first?.delivered).toBeLessThanOrEqual(100)
    expect(second).toMatchObject({ delivered: 0, received: 0, sent: 0, dropped: 0 })
    expect(second?.time).toBeGreaterThanOrEqual((first?.time ?? Infinity) + 1000)
  })
})

it('INS-01 a box that is taken away is no longer shown', { timeout: 120_000 }, async () => {
  class Changing extends Wall {
    protected readonly extra: Inbox<string> = new Inbox('For a while')
    override *main(): Main {
      yield this.pause(400)
      this.release(this.extra)
      yield* super.main()
    }
  }
  using scheduler = running(new Changing())
  await using inspector = await inspecting(scheduler)
  const has = ({ components }: Awaited<ReturnType<typeof snapshot>>): boolean =>
    components['Changing#1']?.inboxes['extra'] !== undefined
  expect(has(await snapshot(inspector.url))).toBe(true)
  await snapshotWhere(inspector.url, (picture) => !has(picture))
})
