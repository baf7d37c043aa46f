import {
  Component,
  type Control,
  Inbox,
  type InboxOptions,
  link,
  type Main,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { Splitter } from '@udpng/flow'
import { describe, expect, it } from 'vitest'

/** A splitter to be stepped by hand. */
function start() {
  const splitter = new Splitter<object>()
  const said = new Inbox<Control>('What it says')
  link(splitter.signal, said)
  const scheduler = new Scheduler()
  scheduler.activate(splitter)
  const steps = (count = 20): void => {
    for (let i = 0; i < count; i++) scheduler.step()
  }
  return { splitter, said, scheduler, steps }
}

const sink = (options?: InboxOptions): Inbox<object> => new Inbox<object>('A sink', options)
const numbered = (count: number): object[] => Array.from({ length: count }, (_, n) => ({ n }))
const taken = (inbox: Inbox<object>): object[] => [...inbox]
/** Fails unless they are the very same objects, in order. */
function expectSame(got: readonly object[], wanted: readonly object[]): void {
  expect(got.length).toBe(wanted.length)
  expect(got.findIndex((message, i) => message !== wanted[i])).toBe(-1)
}

/** A sink that takes what arrives until it is asked to stop. */
class Recorder extends Component {
  readonly inbox: Inbox<object>
  readonly got: object[] = []
  readonly told: Control[] = []
  constructor(options?: InboxOptions) {
    super()
    this.inbox = sink(options)
  }
  override *main(): Main {
    for (;;) {
      this.got.push(...this.inbox)
      this.told.push(...this.control)
      if (this.told.length > 0) return
      yield this.pause()
    }
  }
}

describe('Splitter', () => {
  it('SPL-01 sends every message to all its sinks: ten get all, the same objects, in order', () => {
    const { splitter, steps } = start()
    const sinks = Array.from({ length: 10 }, () => sink())
    for (const each of sinks) splitter.add(each)
    const all = numbered(200)
    for (const message of all) splitter.inbox.deliver(message)
    steps()
    for (const each of sinks) expectSame(taken(each), all)
  })

  it('SPL-01 takes a bounded batch in a step: the others get theirs', () => {
    const { splitter, steps } = start()
    splitter.add(sink({ capacity: Infinity }))
    for (const message of numbered(1000)) splitter.inbox.deliver(message)
    steps(1)
    expect(splitter.inbox.taken).toBeLessThan(200)
    steps(100)
    expect(splitter.inbox.taken).toBe(1000)
  })

  it('SPL-01 sinks may be added before it is activated', () => {
    const splitter = new Splitter<object>()
    const early = sink({ capacity: 1 })
    splitter.add(early)
    const scheduler = new Scheduler()
    scheduler.activate(splitter)
    const all = numbered(3)
    for (const message of all) splitter.inbox.deliver(message)
    const got: object[] = []
    for (let i = 0; i < 10; i++) {
      scheduler.step()
      got.push(...early)
    }
    expectSame(got, all)
    expect(scheduler.snapshot().links.map(({ from }) => from)).toEqual(['Splitter#1.outbox1'])
    scheduler.stop()
  })

  it('SPL-01 without sinks the messages are discarded', () => {
    const { splitter, steps } = start()
    for (const message of numbered(3)) splitter.inbox.deliver(message)
    steps()
    expect([splitter.inbox.taken, splitter.inbox.length]).toEqual([3, 0])
  })

  it('SPL-02 sinks can be added and removed while it runs, and get the messages taken from then on', () => {
    const { splitter, steps } = start()
    const [first, second] = [sink(), sink()]
    const all = numbered(5)
    const give = (n: number): void => {
      splitter.inbox.deliver(all[n] as object)
      steps()
    }
    splitter.add(first)
    give(0)
    splitter.add(second)
    give(1)
    splitter.remove(first)
    give(2)
    splitter.add(first)
    give(3)
    splitter.remove(second)
    give(4)
    expectSame(taken(first), [all[0], all[1], all[3], all[4]] as object[])
    expectSame(taken(second), [all[1], all[2], all[3]] as object[])
  })

  it('SPL-02 adding one twice or removing an unknown one changes nothing', () => {
    const { splitter, said, scheduler, steps } = start()
    const [known, unknown] = [sink(), sink()]
    const control = new Inbox<Control>('Its control')
    splitter.add(known)
    const before = scheduler.snapshot()
    splitter.add(known)
    splitter.add(known, control)
    splitter.remove(unknown)
    expect(scheduler.snapshot()).toEqual(before)
    splitter.inbox.deliver({})
    splitter.control.deliver(producerFinished())
    steps()
    expect(known.delivered).toBe(1)
    expect([control.delivered, said.length]).toEqual([0, 1])
  })

  it('SPL-02 a removed sink leaves nothing behind, nor does one whose component has ended', () => {
    const { splitter, scheduler, steps } = start()
    const wiring = (): unknown => {
      const { components, links } = scheduler.snapshot()
      return [components.map(({ name, outboxes }) => [name, Object.keys(outboxes)]), links]
    }
    const before = wiring()
    const gone = sink()
    splitter.add(gone, new Inbox<Control>('Its control'))
    expect(scheduler.snapshot().links.length).toBe(3)
    splitter.remove(gone)
    expect(wiring()).toEqual(before)

    const ending = scheduler.activate(new Recorder())
    splitter.add(ending.inbox, ending.control)
    ending.control.deliver(shutdownMicroprocess())
    steps()
    expect(ending.ended).toBe(true)
    expect(wiring()).toEqual(before)
  })

  it('SPL-02 a thousand sinks that came and went leave no box behind', () => {
    const { splitter } = start()
    const fields = Object.keys(splitter)
    for (let i = 0; i < 1000; i++) {
      const each = sink()
      splitter.add(each, new Inbox<Control>('Control of a sink'))
      splitter.remove(each)
    }
    expect(Object.keys(splitter)).toEqual(fields)
  })

  it('SPL-03 FLO-05 stops taking while any sink is full: none loses or duplicates a message', () => {
    const { splitter, steps } = start()
    const [quick, slow] = [sink(), sink({ capacity: 3 })]
    splitter.add(quick)
    splitter.add(slow)
    const all = numbered(100)
    for (const message of all) splitter.inbox.deliver(message)
    steps()
    expect([quick.length, slow.length, splitter.inbox.length]).toEqual([3, 3, 97])
    const got: object[] = []
    for (let i = 0; i < 200 && got.length < 100; i++) {
      got.push(slow.recv() as object)
      expect(slow.full && i < 97).toBe(false)
      steps(2)
      expect(slow.length).toBeLessThanOrEqual(3)
    }
    expectSame(got, all)
    expectSame(taken(quick), all)
  })

  it('SPL-03 a sink that drops when full does not block other senders', () => {
    const { splitter, steps } = start()
    const [all, latest] = [sink(), sink({ capacity: 2, whenFull: 'dropOldest' })]
    splitter.add(all)
    splitter.add(latest)
    const sent = numbered(10)
    for (const message of sent) splitter.inbox.deliver(message)
    steps()
    expectSame(taken(all), sent)
    expectSame(taken(latest), sent.slice(8))
    expect(latest.dropped).toBe(8)
  })

  it('SPL-03 a sink that has ended, or is removed, while all waited for it, does not block other senders', () => {
    for (const leave of ['ends', 'is removed']) {
      const { splitter, scheduler, steps } = start()
      class Stuck extends Recorder {
        override *main(): Main {
          while (!this.readControl()) yield this.pause()
        }
      }
      const stuck = scheduler.activate(new Stuck({ capacity: 2 }))
      const other = sink()
      splitter.add(stuck.inbox)
      splitter.add(other)
      const all = numbered(10)
      for (const message of all) splitter.inbox.deliver(message)
      steps()
      expect(other.length).toBe(2)
      if (leave === 'ends') stuck.control.deliver(shutdownMicroprocess())
      else splitter.remove(stuck.inbox)
      steps()
      expectSame(taken(other), all)
    }
  })

  it('SPL-04 CTL-03 producerFinished: what is queued goes out, then each sink learns it once', () => {
    const { splitter, said, steps } = start()
    const controls = Array.from({ length: 3 }, () => new Inbox<Control>('Control of a sink'))
    const sinks = controls.map((control) => {
      const each = sink({ capacity: 2 })
      splitter.add(each, control)
      return each
    })
    splitter.add(sink())
    for (const message of numbered(3)) splitter.inbox.deliver(message)
    const word = producerFinished()
    splitter.control.deliver(word)
    steps()
    expect([splitter.ended, said.length]).toEqual([false, 0])
    expect(controls.map((control) => control.length)).toEqual([0, 0, 0])
    for (const each of sinks) each.recv()
    steps()
    expect(splitter.ended).toBe(true)
    expect(sinks.map((each) => each.delivered)).toEqual([3, 3, 3])
    const answers = [said, ...controls].map((box) => [...box])
    expect(answers).toEqual(Array(4).fill([producerFinished()]))
    expect(answers.flat()).not.toContain(word)
  })

  it('SPL-04 a control box that refuses keeps no other sink from learning it', () => {
    const { splitter, steps } = start()
    const refusing = new Inbox<Control>('Full', { capacity: 1, whenFull: 'throw' })
    refusing.deliver(producerFinished())
    const control = new Inbox<Control>('Control')
    splitter.add(sink(), refusing)
    splitter.add(sink(), control)
    splitter.control.deliver(producerFinished())
    steps()
    expect([splitter.ended, refusing.length, control.length]).toEqual([true, 1, 1])
  })

  it('SPL-04 CTL-03 shutdownMicroprocess: each sink gets that same object once, at once', () => {
    const { splitter, said, scheduler, steps } = start()
    const [control, full] = [new Inbox<Control>('Control'), sink({ capacity: 1 })]
    splitter.add(full, control)
    splitter.add(sink())
    for (const message of numbered(3)) splitter.inbox.deliver(message)
    steps()
    const word = shutdownMicroprocess({ cause: new Error('enough') })
    splitter.control.deliver(producerFinished())
    splitter.control.deliver(word)
    steps(1)
    expect(splitter.ended).toBe(true)
    expect(full.delivered).toBe(1)
    for (const box of [said, control]) {
      expect(box.length).toBe(1)
      expect(box.recv()).toBe(word)
    }
    expect(scheduler.snapshot().links).toEqual([])
  })

  it('SPL-04 a splitter that is closed from outside notifies its sinks, too', () => {
    const { splitter, said, scheduler, steps } = start()
    const control = new Inbox<Control>('Control of a sink')
    splitter.add(sink(), control)
    steps()
    scheduler.stop()
    expect([...control]).toEqual([shutdownMicroprocess()])
    expect([...said]).toEqual([shutdownMicroprocess()])
  })

  it('SPL-04 a splitter that is closed before its first step notifies its sinks, too', () => {
    const { splitter, scheduler } = start()
    const [gone, control] = [sink(), new Inbox<Control>('Control of a sink')]
    splitter.add(gone, control)
    splitter.remove(gone)
    splitter.add(sink(), control)
    scheduler.stop()
    expect([...control]).toEqual([shutdownMicroprocess()])
  })

  it('SPL-04 a sink that is added after the end is notified at once', () => {
    const { splitter, steps } = start()
    splitter.control.deliver(producerFinished())
    steps()
    const [late, control] = [sink(), new Inbox<Control>('Control of a sink')]
    splitter.add(late, control)
    splitter.add(late)
    expect([...control]).toEqual([producerFinished()])
    expect(late.delivered).toBe(0)
  })

  it('SPL-04 what is not an inbox is refused, and nothing is changed', () => {
    const { splitter, scheduler } = start()
    const before = scheduler.snapshot()
    const refusal = expect.objectContaining({ code: 'BAD_LINK' })
    expect(() => splitter.add(splitter.signal as never)).toThrow(refusal)
    expect(() => splitter.add(undefined as never)).toThrow(refusal)
    expect(() => splitter.add(sink(), {} as never)).toThrow(refusal)
    expect(scheduler.snapshot()).toEqual(before)
  })
})
