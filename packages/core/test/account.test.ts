import {
  type Account,
  Component,
  type Counts,
  Inbox,
  link,
  type Main,
  Outbox,
  Scheduler,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { describe, expect, it } from 'vitest'
import { cycles, forever, Part, start } from './part.js'

/** Everything that came in, less everything that it became. */
function gap({
  in: taken,
  entered,
  out,
  consumed,
  waiting,
  dropped,
  unaccounted,
}: Account): number {
  const lost = Object.values(dropped).reduce((all, count) => all + count, 0)
  return taken + entered - out - consumed - waiting - lost - unaccounted
}

/** Passes on every second message, and says so. */
class EverySecond extends Component {
  readonly inbox: Inbox<number> = new Inbox('Numbers', { capacity: 4, whenFull: 'dropOldest' })
  readonly outbox: Outbox<number> = new Outbox('Every second number')
  #left = 0

  protected override accounting(): Counts {
    return { dropped: { left: this.#left } }
  }

  override *main(): Main {
    for (let i = 0; ; ) {
      for (const number of this.inbox)
        if (i++ % 2) this.outbox.send(number)
        else this.#left++
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

const source = (count: number) =>
  new Part(function* (self): Main {
    for (let i = 0; i < count; i++) self.outbox.send(i)
    yield
  })

describe('account', () => {
  it('ACC-01 ACC-02 counts what boxes hold and drop, by reason, before, during and after', () => {
    const part = new EverySecond()
    expect(accountOf(part)).toMatchObject({ in: 0, waiting: 0, dropped: {}, parts: {} })
    for (let i = 0; i < 6; i++) part.inbox.deliver(i)
    expect(accountOf(part)).toMatchObject({
      in: 6,
      waiting: 4,
      dropped: { inboxFull: 2 },
      unaccounted: 0,
    })
    const scheduler = start(part)
    scheduler.step()
    expect(accountOf(part)).toMatchObject({
      in: 6,
      out: 0,
      waiting: 0,
      dropped: { inboxFull: 2, left: 2, unlinked: 2 },
      unaccounted: 0,
      complete: true,
    })
    part.inbox.deliver(7)
    scheduler.stop()
    part.inbox.deliver(8)
    expect(accountOf(part)).toMatchObject({ in: 8, dropped: { unread: 2 } })
    expect(gap(accountOf(part))).toBe(0)
  })

  it('ACC-02 control and internal messages are not counted, and a report that is not read is not a loss', () => {
    const part = new Part(forever)
    part.adopt('notices', new Inbox('Notices', { role: 'internal' })).deliver(1)
    const reports = part.adopt('reports', new Outbox<number>('Reports', { role: 'report' }))
    reports.send(1)
    part.control.deliver({ kind: 'producerFinished' })
    expect(accountOf(part)).toMatchObject({ in: 0, entered: 0, out: 0, dropped: {} })
    link(reports, new Inbox<number>('Reader'))
    reports.send(2)
    expect(accountOf(part)).toMatchObject({ entered: 1, out: 1, dropped: {} })
  })

  it('ACC-03 without accounting(), a source enters, a sink consumes, and what lies between is unaccounted', () => {
    const from = source(5)
    const between = new Part(function* (self): Main {
      while (self.inbox.length < 5) yield self.pause()
      for (const message of self.inbox) if (message !== 2) self.outbox.send(message)
      yield* forever(self)
    })
    const to = new (class Sink extends Component {
      readonly inbox: Inbox<unknown> = new Inbox('Anything')
      override *main(): Main {
        for (;;) {
          for (const _ of this.inbox);
          yield this.pause()
        }
      }
    })()
    link(from.outbox, between.inbox)
    link(between.outbox, to.inbox)
    const scheduler = start(from, between, to)
    cycles(scheduler)
    expect(accountOf(from)).toMatchObject({ entered: 5, out: 5, unaccounted: 0 })
    expect(accountOf(between)).toMatchObject({ in: 5, out: 4, unaccounted: 1, complete: false })
    expect(accountOf(to)).toMatchObject({ in: 4, consumed: 4, unaccounted: 0, complete: true })
    const { parts, ...all } = accountOf(scheduler)
    expect(all).toMatchObject({ entered: 5, in: 9, out: 9, consumed: 4, unaccounted: 1 })
    expect(Object.keys(parts).sort()).toEqual(['Part', 'Sink'])
  })

  it('ACC-03 without accounting(), what still waits, and what had no link, is not accounted for twice', () => {
    class Plain extends Component {
      constructor(...boxes: readonly (Inbox<number> | Outbox<number>)[]) {
        super()
        for (const box of boxes) this.adopt(box.doc, box)
      }
      override *main(): Main {
        yield this.pause()
      }
    }
    const [inbox, outbox] = [new Inbox<number>('numbers'), new Outbox<number>('copies')]
    const [input, output] = [new Inbox<number>('numbers'), new Outbox<number>('copies')]
    const [sink, source, copier] = [new Plain(inbox), new Plain(outbox), new Plain(input, output)]
    cycles(start(sink, source, copier))
    for (let i = 0; i < 5; i++) for (const each of [inbox, input]) each.deliver(i)
    for (let i = 0; i < 3; i++) for (const each of [outbox, output]) each.send(i)
    for (const each of [inbox, inbox, input, input]) each.recv()
    expect([sink, source, copier].map((part) => ({ ...accountOf(part) }))).toMatchObject([
      { in: 5, entered: 0, consumed: 2, waiting: 3, dropped: {}, unaccounted: 0, complete: true },
      { in: 0, entered: 3, consumed: 0, dropped: { unlinked: 3 }, unaccounted: 0, complete: true },
      { in: 5, entered: 1, waiting: 3, dropped: { unlinked: 3 }, unaccounted: 0, complete: false },
    ])
  })

  it('ACC-01 the messages of released boxes stay counted', () => {
    const part = new Part(forever)
    cycles(start(part))
    const from = part.adopt('from', new Inbox<number>('Numbers'))
    const to = part.adopt('to', new Outbox<number>('Numbers'))
    link(to, new Inbox<number>('Reader'))
    for (let i = 0; i < 3; i++) from.deliver(i)
    for (let i = 0; i < 2; i++) to.send(from.recv() as number)
    for (const box of [from, to]) part.release(box)
    expect(accountOf(part)).toMatchObject({ in: 3, out: 2, dropped: { unread: 1 }, unaccounted: 0 })
  })

  it('ACC-04 an ended component stays counted under its label, even if it ends after its parent', () => {
    const late = new Part(function* (self): Main {
      while (!self.readControl()) yield self.pause()
      yield
      self.outbox.send('last')
    })
    const parent = new Part(function* (self): Main {
      for (let i = 0; i < 1000; i++) self.activate(source(3))
      self.activate(late)
      yield
    })
    const scheduler = start(parent)
    scheduler.step()
    scheduler.step()
    expect([parent.ended, late.ended]).toEqual([true, false])
    cycles(scheduler)
    const account = accountOf(scheduler)
    expect(late.ended).toBe(true)
    expect(account.parts['Part']?.parts['Part']).toMatchObject({ dropped: { unlinked: 3001 } })
    expect(accountOf(parent).dropped).toEqual({ unlinked: 3001 })
    expect(gap(account)).toBe(0)
  })

  it('ACC-04 by label, as its parent named it; a reason may have any name', () => {
    class Parent extends Component {
      override *main(): Main {
        this.activate(new Child(), 'constructor')
        this.activate(new Child(), '__proto__')
        yield
        yield this.pause()
      }
    }
    class Child extends Component {
      protected override accounting(): Counts {
        return { entered: 2, dropped: { constructor: 1, toString: 1 } as Record<string, number> }
      }
      override *main(): Main {
        yield this.pause()
      }
    }
    const scheduler = new Scheduler()
    scheduler.activate(new Parent())
    cycles(scheduler)
    for (let i = 0; i < 2; i++) {
      const { parts, dropped } = accountOf(scheduler)
      expect({ ...dropped }).toEqual({ constructor: 2, toString: 2 })
      expect(Object.keys(parts['Parent']?.parts ?? {})).toEqual(['constructor', '__proto__'])
      scheduler.stop()
    }
  })

  it('ACC-01 what a component gives for its account is not changed by it', () => {
    const counts = { kernelDrops: { atLeast: 1, atMost: 2, about: 1 }, dropped: { late: 1 } }
    class Parent extends Component {
      protected override accounting(): Counts {
        return counts
      }
      override *main(): Main {
        this.activate(new Child())
        yield this.pause()
      }
    }
    class Child extends Component {
      protected override accounting(): Counts {
        return counts
      }
      override *main(): Main {
        yield this.pause()
      }
    }
    const scheduler = start(new Parent())
    cycles(scheduler)
    for (let i = 0; i < 3; i++)
      expect(accountOf(scheduler)).toMatchObject({
        kernelDrops: { atLeast: 2, atMost: 4, about: 2 },
        dropped: { late: 2 },
      })
    expect(counts.kernelDrops.atLeast).toBe(1)
  })

  it('ACC-01 bounds and refusals add up', () => {
    class Peer extends Component {
      protected override accounting(): Counts {
        return { kernelDrops: { atLeast: 1, atMost: 64, about: 30 }, refused: 2 }
      }
      override *main(): Main {
        yield this.pause()
      }
    }
    const scheduler = start(new Peer(), new Peer(), new Part())
    for (let times = 0; times < 2; times++) {
      expect(accountOf(scheduler)).toMatchObject({
        kernelDrops: { atLeast: 2, atMost: 128, about: 60 },
        refused: 4,
      })
      scheduler.stop() // ended components count as well
    }
  })

  it('ACC-01 a service serves all parts, and is not a part', () => {
    const scheduler = start(new Part(forever))
    scheduler.service('key', () => new (class Service extends Part {})(forever))
    for (let times = 0; times < 2; times++) {
      expect(Object.keys(accountOf(scheduler).parts)).toEqual(['Part'])
      scheduler.stop()
    }
  })

  it('ACC-03 an accounting() that throws says nothing', () => {
    class Faulty extends Component {
      readonly inbox: Inbox<number> = new Inbox('Numbers')
      readonly outbox: Outbox<number> = new Outbox('Numbers')
      protected override accounting(): Counts {
        throw new Error('faulty')
      }
      override *main(): Main {
        for (const _ of this.inbox);
        yield this.pause()
      }
    }
    const faulty = new Faulty()
    faulty.inbox.deliver(1)
    const scheduler = start(faulty)
    cycles(scheduler)
    expect(accountOf(scheduler)).toMatchObject({ in: 1, unaccounted: 1, complete: false })
    scheduler.stop()
    expect(accountOf(scheduler)).toMatchObject({ in: 1, unaccounted: 1, complete: false })
  })
})

describe('accounts of faulty and of late components', () => {
  class Says extends Component {
    readonly inbox: Inbox<number> = new Inbox('Numbers')
    says: unknown = {}
    protected override accounting(): Counts {
      return this.says as Counts
    }
    override *main(): Main {
      while (!this.readControl()) yield this.pause()
    }
  }

  const cyclic: Record<string, unknown> = {}
  cyclic['atLeast'] = cyclic
  it.each([
    ['cyclic bounds', { kernelDrops: cyclic }],
    ['a number for bounds', { kernelDrops: 5 }],
    ['a bound that is not a number', { kernelDrops: { atLeast: 1, atMost: Number.NaN, about: 1 } }],
    ['a reason that is not a number', { dropped: { late: 'x' } }],
    [
      'a getter that throws',
      {
        get dropped() {
          throw new Error('faulty')
        },
      },
    ],
    ['NaN', { waiting: Number.NaN }],
    ['nothing that is an object', 7],
  ])('ACC-03 %s: it says nothing, and costs no other component anything', async (_, says) => {
    const part = new Says()
    part.says = says
    part.inbox.deliver(1)
    const other = new Says()
    const scheduler = new Scheduler({ onFailure: 'isolate' })
    for (const each of [part, other]) scheduler.activate(each)
    const over = scheduler.run()
    for (const each of [part, other]) each.control.deliver({ kind: 'producerFinished' })
    await over
    expect(accountOf(scheduler)).toMatchObject({
      in: 1,
      dropped: { unread: 1 },
      unaccounted: 0,
      kernelDrops: undefined,
    })
  })

  it('ACC-04 what had not begun when its parent ended is counted with what waited for it', () => {
    const child = new Says()
    const parent = new (class extends Component {
      override *main(): Main {
        yield this.pause()
      }
      protected override onEnd(): void {
        this.discard(child, 'CHILD')
      }
    })()
    for (let i = 0; i < 3; i++) child.inbox.deliver(i)
    const scheduler = start(parent)
    scheduler.step()
    scheduler.stop()
    expect(accountOf(scheduler)).toMatchObject({ in: 3, dropped: { unread: 3 } })
    expect(Object.keys(accountOf(parent).parts)).toEqual(['CHILD'])
  })

  it('ACC-04 an outcome that comes after the end is counted, and parts that wait for one do not pile up', () => {
    const parts = Array.from({ length: 50 }, () => {
      const part = new Says()
      part.says = { entered: 1, waiting: 1 }
      return part
    })
    const scheduler = start(...parts)
    scheduler.step()
    scheduler.stop()
    expect(accountOf(scheduler)).toMatchObject({ entered: 50, waiting: 50 })
    for (const part of parts) part.says = { entered: 1, consumed: 1 }
    expect(accountOf(scheduler)).toMatchObject({ waiting: 0, consumed: 50, unaccounted: 0 })
    for (let i = 0; i < 20; i++) {
      scheduler.activate(new Says())
      scheduler.stop()
    }
    for (const part of parts) part.says = { entered: 100 }
    expect(accountOf(scheduler)).toMatchObject({ entered: 50, consumed: 50 })
  })

  it('ACC-02 an inbox for reports is taken from as any other', () => {
    class Reader extends Component {
      readonly reports: Inbox<number> = new Inbox('Reports', { role: 'report' })
      override *main(): Main {
        for (const _ of this.reports);
        yield this.pause()
      }
    }
    const reader = new Reader()
    for (let i = 0; i < 3; i++) reader.reports.deliver(i)
    start(reader).step()
    expect(accountOf(reader)).toMatchObject({ in: 3, consumed: 3, unaccounted: 0, complete: true })
  })
})
