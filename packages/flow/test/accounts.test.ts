import { Component, Inbox, link, type Main, producerFinished, Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { DataSource, Splitter, Transformer } from '@udpng/flow'
import { expect, it } from 'vitest'

/** Takes all that comes. */
class Sink extends Component {
  readonly inbox: Inbox<number> = new Inbox('Numbers')
  override *main(): Main {
    for (;;) {
      for (const _ of this.inbox);
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

function cycles(scheduler: Scheduler): void {
  for (let i = 0; i < 200; i++) scheduler.step()
}

it('ACC-05 a Transformer says what its function left out, and what it failed on', () => {
  const source = new DataSource(Array.from({ length: 90 }, (_, i) => i))
  const part = new Transformer((n: number) => {
    if (n % 3 === 0) throw new Error('three')
    return n % 3 === 1 ? n : undefined
  })
  const sink = new Sink()
  link(source.outbox, part.inbox)
  link(part.outbox, sink.inbox)
  link(part.errors, new Inbox('Errors'))
  const scheduler = new Scheduler()
  for (const each of [source, part, sink]) scheduler.activate(each)
  cycles(scheduler)
  expect(accountOf(part)).toMatchObject({
    in: 90,
    out: 60, // 30 messages and 30 reports
    dropped: { filtered: 30, transformFailed: 30 },
    unaccounted: 0,
  })
  expect(accountOf(scheduler)).toMatchObject({ entered: 120, consumed: 30, unaccounted: 0 })
})

it('ACC-05 a Splitter says how many copies it made, also for sinks that are gone, and what it had no sink for', () => {
  const part = new Splitter<number>()
  const scheduler = new Scheduler()
  scheduler.activate(part)
  const deliver = (count: number): void => {
    for (let i = 0; i < count; i++) part.inbox.deliver(i)
    cycles(scheduler)
  }
  deliver(5)
  expect(accountOf(part)).toMatchObject({ in: 5, dropped: { unlinked: 5 }, unaccounted: 0 })
  const sinks = [new Sink(), new Sink(), new Sink()]
  for (const sink of sinks) {
    scheduler.activate(sink)
    part.add(sink.inbox, sink.control)
  }
  deliver(10)
  part.remove((sinks[0] as Sink).inbox)
  sinks[1]?.control.deliver(producerFinished())
  cycles(scheduler)
  deliver(10)
  expect(accountOf(part)).toMatchObject({ in: 25, entered: 20, out: 40, unaccounted: 0 })
  expect(accountOf(scheduler)).toMatchObject({ consumed: 40, unaccounted: 0, complete: true })
})
