import { Inbox, type InboxOptions, link, type Main, Outbox } from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { cycles, forever, noting, Part, start } from './part.js'

const pair = (options?: InboxOptions) => {
  const outbox = new Outbox<unknown>('Out')
  const inbox = new Inbox<unknown>('In', options)
  return { outbox, inbox, linkage: link(outbox, inbox) }
}

describe('send', () => {
  it('BOX-03 when it returns, the same object is in the destination inbox', () => {
    const { outbox, inbox } = pair()
    const message = { its: 'identity' }
    outbox.send(message)
    expect(inbox.length).toBe(1)
    expect(inbox.recv()).toBe(message)
  })

  it('BOX-03 delivery goes straight into a box that composites share, at any depth', () => {
    const inner = new Part()
    const middle = new Part()
    const outer = new Part()
    middle.share({ inbox: inner.inbox, outbox: inner.outbox })
    outer.share({ inbox: middle.inbox, outbox: middle.outbox })
    const { outbox } = new Part()
    const last = new Inbox<unknown>('Last')
    link(outbox, outer.inbox)
    link(outer.outbox, last)
    const message = {}
    outbox.send(message)
    expect(inner.inbox.recv()).toBe(message)
    inner.outbox.send(message)
    expect(last.recv()).toBe(message)
  })

  it('BOX-03 a shared box goes on waking the component it belongs to, whichever is activated first', () => {
    const log: string[] = []
    const inner = new Part(noting(log, 'inner'))
    const outer = new Part(noting(log, 'outer'))
    outer.share({ inbox: inner.inbox })
    const scheduler = start(outer, inner)
    cycles(scheduler)
    log.length = 0
    outer.inbox.deliver(1)
    cycles(scheduler)
    expect(log).toEqual(['inner'])
    expect(outer.inbox.name).toBe('Part#2.inbox')
  })

  it('BOX-11 a field that points to a box of another active component takes nothing from that one', () => {
    const log: string[] = []
    const owner = new Part(noting(log as unknown[], 'owner'))
    class Watcher extends Part {
      readonly watched: Inbox<unknown> = owner.inbox
    }
    const watcher = new Watcher(function* (): Main {
      yield
    })
    const scheduler = start(owner, watcher)
    expect(owner.inbox.name).toBe('Part#1.inbox')
    cycles(scheduler)
    expect(watcher.ended).toBe(true)
    log.length = 0
    expect(owner.inbox.deliver(1)).toBe(true)
    cycles(scheduler)
    expect(log).toEqual(['owner'])
  })

  it('BOX-04 an unlinked outbox discards: send is true, full false, the message counted', () => {
    const outbox = new Outbox<number>('Out')
    expect([outbox.linked, outbox.send(1), outbox.send(2), outbox.full]).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(outbox).toMatchObject({ discarded: 2, sent: 0, room: Infinity })
  })

  it('BOX-04 a link made later does not bring discarded messages back', () => {
    const outbox = new Outbox<number>('Out')
    const inbox = new Inbox<number>('In')
    outbox.send(1)
    link(outbox, inbox)
    outbox.send(2)
    expect([...inbox]).toEqual([2])
    expect(outbox).toMatchObject({ discarded: 1, sent: 1, linked: true })
  })

  it('BOX-05 of many outboxes that feed one inbox, the messages of each keep their order', () => {
    const inbox = new Inbox<[number, number]>('In')
    const outboxes = [0, 1, 2].map(() => new Outbox<[number, number]>('Out'))
    for (const outbox of outboxes) link(outbox, inbox)
    const sent: [number, number][] = []
    for (let n = 0; n < 300; n++) {
      const who = (n * 7 + (n >> 3)) % 3
      sent.push([who, n])
      outboxes[who]?.send([who, n])
    }
    expect([...inbox]).toEqual(sent)
  })

  it('BOX-05 many outboxes share the capacity of the one inbox', () => {
    const inbox = new Inbox<number>('In', { capacity: 3 })
    const outboxes = [0, 1, 2].map(() => new Outbox<number>('Out'))
    for (const outbox of outboxes) link(outbox, inbox)
    expect(outboxes.map((outbox) => outbox.send(1))).toEqual([true, true, false])
    expect(outboxes.map((outbox) => outbox.full)).toEqual([true, true, true])
    inbox.recv()
    expect(outboxes.map((outbox) => outbox.room)).toEqual([1, 1, 1])
  })

  it.each([
    { capacity: 1 },
    { capacity: 3 },
    { capacity: Infinity },
    { capacity: 2, whenFull: 'dropNewest' },
    { capacity: 2, whenFull: 'dropOldest' },
  ] as const)('BOX-07 right after send its result is !outbox.full: %o', (options) => {
    const { outbox, inbox } = pair(options)
    for (let n = 0; n < 50; n++) {
      expect(outbox.send(n)).toBe(!outbox.full)
      if (n % 5 === 4) inbox.recv()
      expect(outbox.room).toBeGreaterThanOrEqual(0)
      expect(outbox.full).toBe(outbox.room === 0)
    }
  })

  it('BOX-07 the result of send is !outbox.full also when the destination has ended', () => {
    const gone = new Part(function* () {
      yield
    })
    const sender = new Part()
    link(sender.outbox, gone.inbox)
    cycles(start(gone, sender))
    expect(sender.outbox.send(1)).toBe(true)
    link(sender.outbox, gone.inbox)
    expect(sender.outbox.send(2)).toBe(!sender.outbox.full)
  })
})

describe('wakes', () => {
  /** A sender, a receiver and a bystander, all asleep; `log` notes who steps from now on. */
  function sleeping(options?: InboxOptions) {
    class Receiver extends Part {
      readonly slot: Inbox<unknown> = new Inbox('Slot', options)
      protected readonly hidden: Inbox<unknown> = new Inbox('Hidden')
      callback(message: unknown): void {
        this.hidden.deliver(message)
      }
    }
    const log: unknown[] = []
    const sender = new Part(noting(log, 'sender'))
    const receiver = new Receiver(noting(log, 'receiver'))
    const bystander = new Part(noting(log, 'bystander'))
    const linkage = link(sender.outbox, receiver.slot)
    const scheduler = start(sender, receiver, bystander)
    cycles(scheduler)
    log.length = 0
    return { log, sender, receiver, bystander, linkage, scheduler, wake: () => cycles(scheduler) }
  }

  it('BOX-11 a delivery wakes the owner of the destination inbox, and no other component, not its sender', () => {
    const { log, sender, wake } = sleeping()
    sender.outbox.send(1)
    wake()
    expect(log).toEqual(['receiver'])
  })

  it('BOX-11 it does so also when messages already waited there', () => {
    const { log, sender, wake } = sleeping()
    for (let n = 0; n < 3; n++) {
      sender.outbox.send(n)
      wake()
    }
    expect(log).toEqual(['receiver', 'receiver', 'receiver'])
  })

  it('BOX-11 CMP-01 a delivery into a protected box wakes like any other', () => {
    const { log, receiver, wake } = sleeping()
    receiver.callback(1)
    wake()
    expect(log).toEqual(['receiver'])
  })

  it('BOX-12 taking a message wakes the owner of every outbox linked to that inbox', () => {
    const { log, sender, receiver, bystander, wake } = sleeping()
    link(bystander.outbox, receiver.slot)
    sender.outbox.send(1)
    wake()
    log.length = 0
    receiver.slot.recv()
    wake()
    expect(log).toEqual(['sender', 'bystander'])
  })

  it('BOX-12 also an owner whose outbox was linked after the send, but not one whose link was cut', () => {
    const { log, sender, receiver, bystander, linkage, wake } = sleeping()
    sender.outbox.send(1)
    sender.outbox.send(2)
    linkage.unlink()
    link(bystander.outbox, receiver.slot)
    wake()
    log.length = 0
    for (const _ of receiver.slot) break
    wake()
    expect(log).toEqual(['bystander'])
  })

  it('BOX-12 taking nothing from an empty inbox wakes no component', () => {
    const { log, receiver, wake } = sleeping()
    receiver.slot.recv()
    for (const _ of receiver.slot) expect.fail('empty')
    wake()
    expect(log).toEqual([])
  })

  it('BOX-12 drops wake no component: not the sender, and "dropNewest" not the owner', () => {
    const newest = sleeping({ capacity: 1, whenFull: 'dropNewest' })
    newest.sender.outbox.send(1)
    newest.wake()
    newest.log.length = 0
    newest.sender.outbox.send(2)
    newest.wake()
    expect(newest.log).toEqual([])
    const oldest = sleeping({ capacity: 1, whenFull: 'dropOldest' })
    oldest.sender.outbox.send(1)
    oldest.wake()
    oldest.log.length = 0
    oldest.sender.outbox.send(2)
    oldest.wake()
    expect(oldest.log).toEqual(['receiver'])
  })

  it('BOX-12 taking from an unbounded inbox wakes no component: no sender waits for room there', () => {
    const { log, sender, receiver, wake } = sleeping({ capacity: Infinity })
    sender.outbox.send(1)
    wake()
    log.length = 0
    receiver.slot.recv()
    wake()
    expect(log).toEqual([])
  })

  it('BOX-12 a component that stops while full and sleeps goes on when there is room', () => {
    const source = new Part(function* (self): Main {
      for (let n = 0; n < 10; n++) {
        while (self.outbox.full) yield self.pause()
        self.outbox.send(n)
      }
    })
    class Sink extends Part {
      readonly slot: Inbox<unknown> = new Inbox('Slot', { capacity: 2 })
    }
    const sink = new Sink(forever)
    link(source.outbox, sink.slot)
    const scheduler = start(source, sink)
    const got: unknown[] = []
    while (!source.ended) {
      cycles(scheduler)
      expect(sink.slot.length).toBe(2)
      got.push(sink.slot.recv())
    }
    expect([...got, ...sink.slot]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})
