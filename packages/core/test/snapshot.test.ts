import { Inbox, link, type Main, messages, type Snapshot } from '@udpng/core'
import { statusOf } from '@udpng/core/inspection'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, noting, Part, start } from './part.js'

describe('snapshot', () => {
  class Peer extends Part {
    readonly slot: Inbox<number> = new Inbox('Numbers', { capacity: 2, whenFull: 'dropOldest' })
    protected readonly hidden: Inbox<number> = new Inbox('Hidden')
  }

  it('SCH-16 is plain data: every live component with name, state, parent, boxes and links', () => {
    const peer = new Peer()
    const parent = new Part(function* (self): Main {
      self.activate(peer)
      yield* self.sleep(1e6)
    })
    const gone = new Part(doing(() => {}))
    link(parent.outbox, peer.slot as Inbox<unknown>)
    link(peer.signal, parent.control)
    const scheduler = start(parent, gone)
    cycles(scheduler)
    for (const n of [1, 2, 3]) parent.outbox.send(n)
    peer.slot.recv()
    peer.outbox.send('nowhere')
    const control = {
      doc: 'Shutdown messages',
      role: 'control',
      length: 0,
      capacity: 1024,
      whenFull: 'accept',
      delivered: 0,
      taken: 0,
      dropped: 0,
    }
    const anything = { ...control, doc: 'Anything', role: 'data' }
    expect(scheduler.snapshot()).toStrictEqual({
      components: [
        {
          id: 1,
          name: 'Part#1',
          group: 'Part',
          state: 'waiting',
          parent: undefined,
          plumbing: false,
          inboxes: { control, inbox: anything },
          outboxes: {
            signal: { doc: 'Why it ended', role: 'control', sent: 0, discarded: 0 },
            outbox: { doc: 'Anything', role: 'data', sent: 3, discarded: 0 },
          },
        },
        {
          id: 3,
          name: 'Peer#1',
          group: 'Peer',
          state: 'ready',
          parent: 'Part#1',
          plumbing: false,
          inboxes: {
            control,
            inbox: anything,
            slot: {
              doc: 'Numbers',
              role: 'data',
              length: 1,
              capacity: 2,
              whenFull: 'dropOldest',
              delivered: 3,
              taken: 1,
              dropped: 1,
            },
            hidden: { ...anything, doc: 'Hidden' },
          },
          outboxes: {
            signal: { doc: 'Why it ended', role: 'control', sent: 0, discarded: 0 },
            outbox: { doc: 'Anything', role: 'data', sent: 0, discarded: 1 },
          },
        },
      ],
      links: [
        { from: 'Part#1.outbox', to: 'Peer#1.slot' },
        { from: 'Peer#1.signal', to: 'Part#1.control' },
      ],
    })
  })

  it('SCH-16 can be cloned and turned into JSON, and does not follow what happens later', () => {
    const part = new Peer()
    const scheduler = start(part)
    const snapshot = scheduler.snapshot()
    expectTypeOf(snapshot).toEqualTypeOf<Snapshot>()
    const before = structuredClone(snapshot)
    part.slot.deliver(1)
    cycles(scheduler)
    scheduler.stop()
    expect(snapshot).toStrictEqual(before)
    expect(JSON.parse(JSON.stringify(snapshot)).components[0].inboxes.slot.doc).toBe('Numbers')
  })

  it('SCH-16 distinguishes ready, paused and waiting', () => {
    const threads: ((part: Part) => Main)[] = [
      function* (): Main {
        for (;;) yield
      },
      forever,
      (self) => self.sleep(1e6),
      (self) => self.until(new Promise<void>(() => {})),
    ]
    const scheduler = start(...threads.map((thread) => new Part(thread)))
    const states = (): string[] => scheduler.snapshot().components.map(({ state }) => state)
    expect(states()).toEqual(['ready', 'ready', 'ready', 'ready'])
    scheduler.step()
    expect(states()).toEqual(['ready', 'paused', 'waiting', 'waiting'])
    scheduler.stop()
    expect(states()).toEqual([])
  })

  it('SCH-16 CMP-10 a component that sleeps in its first step is waiting, though a message is queued', () => {
    const part = new Part((self) => self.sleep(1e6))
    part.inbox.deliver(1)
    const scheduler = start(part)
    scheduler.step()
    expect(scheduler.snapshot().components[0]?.state).toBe('waiting')
    scheduler.stop()
  })

  it('SCH-16 names services, adopted boxes, and what leads outside', () => {
    const part = new Part(function* (self): Main {
      self.adopt('extra', new Inbox<unknown>('Made on the way'))
      yield* forever(self)
    })
    messages(part.outbox)
    const scheduler = start(part)
    scheduler.service('key', () => new Part())
    cycles(scheduler)
    const { components, links } = scheduler.snapshot()
    expect(components.map(({ plumbing }) => plumbing)).toEqual([false, true])
    expect(components[0]?.inboxes['extra']?.doc).toBe('Made on the way')
    expect(links).toEqual([{ from: 'Part#1.outbox', to: 'messages."Anything"' }])
  })

  it('SCH-16 shows a shared box once, with the component it belongs to', () => {
    const inner = new Part()
    const outer = new Part()
    outer.share({ inbox: inner.inbox })
    const [first, second] = start(outer, inner).snapshot().components
    expect(Object.keys(first?.inboxes ?? {})).toEqual(['control'])
    expect(Object.keys(second?.inboxes ?? {})).toEqual(['control', 'inbox'])
  })

  it('SCH-16 taking it changes nothing: no component is woken, nothing is taken, no step is made', () => {
    const log: unknown[] = []
    const part = new Part(noting(log))
    const scheduler = start(part)
    part.inbox.deliver(1)
    expect(scheduler.snapshot()).toStrictEqual(scheduler.snapshot())
    expect(log).toEqual([])
    cycles(scheduler)
    const { length } = log
    for (let i = 0; i < 5; i++) scheduler.snapshot()
    cycles(scheduler)
    expect(log.length).toBe(length)
    expect(part.inbox.length).toBe(1)
  })

  it('SCH-16 may be taken at any time: in a step, a finally, onEnd, an onCut, by a listener', () => {
    const states: string[] = []
    const part = new Part(function* (self): Main {
      const look = (): void => {
        states.push(
          self.scheduler
            .snapshot()
            .components.map((each) => each.state)
            .join(),
        )
      }
      link(self.outbox, new Inbox<unknown>('Out'), look)
      self.atEnd = look
      self.scheduler.observe(look)
      try {
        look()
        yield* forever(self)
      } finally {
        look()
      }
    })
    const scheduler = start(part, new Part())
    cycles(scheduler)
    scheduler.stop()
    expect(states.slice(0, 4)).toEqual(['ready,ready', 'paused,paused', 'paused', 'paused'])
    expect(states.length).toBe(6)
  })
})

describe('plumbing', () => {
  class Joint extends Part {
    protected override readonly plumbing = true
  }

  it('SCH-26 a service, and a component that says so itself, are marked; boxes have their role', () => {
    const joint = new Joint(forever)
    const scheduler = start(new Part(forever), joint)
    const service = scheduler.service('it', () => new Part(forever))
    cycles(scheduler)
    const { components } = scheduler.snapshot()
    expect(components.map(({ name, plumbing }) => [name, plumbing])).toEqual([
      ['Part#1', false],
      ['Joint#1', true],
      ['Part#2', true],
    ])
    expect([joint, service].map((part) => statusOf(part)?.plumbing)).toEqual([true, true])
    const [part] = components
    expect(part?.inboxes['control']?.role).toBe('control')
    expect(part?.outboxes['outbox']?.role).toBe('data')
  })
})
