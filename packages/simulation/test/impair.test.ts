import { Pipeline } from '@udpng/chassis'
import {
  Component,
  Inbox,
  link,
  type Main,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { DatagramDetails } from '@udpng/datagram'
import { DataSource } from '@udpng/flow'
import { ManualClock } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Impair, type Impairable, type ImpairOptions, VirtualClock } from '../src/index.js'

class Sink<T> extends Component {
  readonly inbox: Inbox<T>
  readonly got: T[] = []

  constructor(capacity = 1024) {
    super()
    this.inbox = new Inbox('Messages', { capacity })
  }

  override *main(): Main {
    for (;;) {
      this.got.push(...this.inbox)
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** Sends all that through it at once, and lets the time pass until it has ended. */
async function through<T extends Impairable>(messages: readonly T[], options: ImpairOptions) {
  const clock = new VirtualClock()
  const impair = new Impair<T>(options)
  const sink = new Sink<T>()
  const scheduler = new Scheduler({ clock })
  scheduler.activate(new Pipeline(new DataSource(messages), impair, sink))
  let isOver = false
  const run = scheduler.run().finally(() => {
    isOver = true
  })
  while (!isOver) {
    await new Promise(setImmediate)
    if (scheduler.idle && clock.next !== undefined) clock.advance(clock.next)
  }
  await run
  addsUp(impair)
  return { got: sink.got, stats: impair.stats, elapsedMs: clock.now() }
}

/** The identity of its stats, and that of its account. */
function addsUp<T extends Impairable>(impair: Impair<T>): void {
  const { sent, duplicated, emitted, underWay, overLimit, unsent, lost, malformed } = impair.stats
  expect(sent + duplicated).toBe(
    emitted + underWay + overLimit + unsent + lost.loss + lost.queueFull + lost.blocked,
  )
  expect(sent + malformed).toBe(impair.inbox.taken)
  expect(accountOf(impair).unaccounted).toBe(0)
}

const texts = Array.from({ length: 1000 }, (_, i) => `${i}`)

describe('Impair', () => {
  it('ACC-05 its numbers add up in between, with every kind of loss, and when it is stopped', () => {
    const clock = new VirtualClock()
    const impair = new Impair<Impairable>({
      delayMs: 10,
      jitterMs: 9,
      loss: 0.2,
      duplicate: 0.3,
      rate: 400_000,
      queueBytes: 300,
      limit: 8,
      seed: 3,
    })
    const scheduler = new Scheduler({ clock })
    scheduler.activate(impair)
    for (let i = 0; i < 300; i++) {
      impair.inbox.deliver(i % 7 === 0 ? (['not a datagram'] as never) : `${i}`)
      if (i % 10 === 0) scheduler.step()
      if (i % 30 === 0) clock.advance(clock.now() + 3)
      addsUp(impair)
    }
    scheduler.step()
    const { underWay } = impair.stats
    expect(underWay).toBeGreaterThan(0)
    scheduler.stop()
    addsUp(impair)
    const { stats } = impair
    for (const count of [
      stats.malformed,
      stats.overLimit,
      stats.unsent,
      stats.lost.loss,
      stats.lost.queueFull,
    ])
      expect(count).toBeGreaterThan(0)
  })

  it('NET-10 passes everything on when there are no conditions', async () => {
    const { got, stats } = await through(texts, {})
    expect(got).toEqual(texts)
    expect(stats).toMatchObject({ sent: 1000, passed: 1000, emitted: 1000 })
  })

  it('NET-10 delays by the clock of the scheduler, and passes on what is under way before it ends', async () => {
    const { got, elapsedMs } = await through(texts, { delayMs: 500 })
    expect(got).toEqual(texts)
    expect(elapsedMs).toBe(500)
  })

  it('NET-10 the same seed spoils the same messages', async () => {
    const options = { loss: 0.2, duplicate: 0.1, delayMs: 10, jitterMs: 10, corrupt: 0.1 }
    const one = await through(texts, { ...options, seed: 7 })
    expect((await through(texts, { ...options, seed: 7n })).got).toEqual(one.got)
    expect((await through(texts, { ...options, seed: 8 })).got).not.toEqual(one.got)
    const { sent, duplicated, lost, emitted } = one.stats
    expect(sent + duplicated).toBe(emitted + lost.loss)
    expect(one.got.length).toBe(emitted)
  })

  it('NET-10 text, bytes, datagrams and letters stay what they are', async () => {
    const options = { corrupt: 1, seed: 1 }
    const [text] = (await through(['abc'], options)).got
    expect(typeof text).toBe('string')
    expect(text).not.toBe('abc')
    const bytes = new Uint8Array([1, 2, 3])
    expect((await through([bytes], options)).got[0]).toBeInstanceOf(Uint8Array)
    expect(bytes).toEqual(new Uint8Array([1, 2, 3]))
    const from = ['10.0.0.1', 5] as const
    const [datagram] = (await through([[Buffer.from('abc'), from] as const], options)).got
    expect(datagram?.[1]).toBe(from)
    expect(String(datagram?.[0])).not.toBe('abc')
    const [letter] = (await through([['host', 9, 'abc'] as const], options)).got
    expect(letter?.slice(0, 2)).toEqual(['host', 9])
    expect(letter?.[2]).not.toBe('abc')
    const details = { local: '10.0.0.2', unicast: true, interface: 'eth0', receivedAt: 1, ecn: 0 }
    const detailed = [Buffer.from('abc'), from, details as DatagramDetails] as const
    expect((await through([detailed], options)).got[0]?.slice(1)).toEqual([from, details])
    const sourced = ['host', 9, 'abc', '10.0.0.2'] as const
    expect((await through([sourced], options)).got[0]?.[3]).toBe('10.0.0.2')
  })

  it('NET-10 what has no data is counted, and harms nothing', async () => {
    const wrong = [undefined, null, 7, {}, [], [1, 2], ['a', 1, 2]] as unknown as string[]
    const { got, stats } = await through(['one', ...wrong, 'two'], {})
    expect(got).toEqual(['one', 'two'])
    expect(stats.malformed).toBe(7)
  })

  it('NET-10 an unimpaired message is passed on unchanged; the length of text is its number of bytes', async () => {
    const message = [Buffer.from('abc'), ['10.0.0.1', 5]] as const
    expect((await through([message], { delayMs: 5 })).got[0]).toBe(message)
    expect((await through(['ä'.repeat(100)], { rate: 8000 })).elapsedMs).toBe(228)
  })

  it('NET-10 new conditions apply to the messages that are taken from then on', () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    const impair = scheduler.activate(new Impair<string>({ delayMs: 5 }))
    expect(impair.conditions).toEqual({ delayMs: 5 })
    impair.inbox.deliver('one')
    scheduler.step()
    impair.conditions = { loss: 1 }
    impair.inbox.deliver('two')
    scheduler.step()
    expect(impair.conditions).toEqual({ loss: 1 })
    expect(impair.stats).toMatchObject({ sent: 2, underWay: 1, lost: { loss: 1 } })
    expect(() => {
      impair.conditions = { loss: 2 }
    }).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }))
  })

  it('NET-10 takes 64 messages in a step, and sleeps until the next one is due', async () => {
    const clock = new ManualClock()
    await clock.advance(1000)
    const scheduler = new Scheduler({ clock })
    const impair = scheduler.activate(new Impair<string>({ delayMs: 10 }))
    for (const text of texts.slice(0, 100)) impair.inbox.deliver(text)
    scheduler.step()
    expect(impair.stats.sent).toBe(64)
    scheduler.step()
    expect(impair.stats.sent).toBe(100)
    expect(scheduler.idle).toBe(true)
    await clock.advance(9)
    expect(scheduler.idle).toBe(true)
    await clock.advance(1)
    scheduler.step()
    expect(impair.stats).toMatchObject({ emitted: 100, underWay: 0 })
  })

  it('NET-10 sleeps while outbox is full, however late its messages are', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    const impair = scheduler.activate(new Impair<string>())
    const behind = new Inbox<string>('Behind it', { capacity: 1 })
    link(impair.outbox, behind)
    for (const text of ['1', '2']) impair.inbox.deliver(text)
    for (let step = 0; step < 3; step++) scheduler.step()
    expect(scheduler.idle).toBe(true)
    await clock.advance(1000)
    expect([scheduler.idle, clock.pending]).toEqual([true, 0])
    expect(behind.recv()).toBe('1')
    scheduler.step()
    expect(behind.recv()).toBe('2')
  })

  it('NET-10 it never blocks the sender; messages beyond the limit in flight are dropped and counted', async () => {
    const { got, stats } = await through(texts, { delayMs: 1000, limit: 100 })
    expect(got).toEqual(texts.slice(0, 100))
    expect(stats.overLimit).toBe(900)
  })

  it('NET-10 waits for room behind it', async () => {
    const clock = new ManualClock()
    const scheduler = new Scheduler({ clock })
    const impair = scheduler.activate(new Impair<string>())
    const behind = new Inbox<string>('Behind it', { capacity: 2 })
    link(impair.outbox, behind)
    for (const text of ['1', '2', '3']) impair.inbox.deliver(text)
    scheduler.step()
    expect([...behind]).toEqual(['1', '2'])
    impair.control.deliver(shutdownMicroprocess())
    scheduler.step()
    expect(impair.ended).toBe(true)
    expect(impair.stats).toMatchObject({ passed: 3, emitted: 2, unsent: 1 })
  })

  it.each([{ duplicate: 1 }, { duplicate: 1, corrupt: 1 }, { duplicate: 1, truncate: 1 }])(
    'MEM-06 with %o, to transfer one message costs no other',
    async (conditions) => {
      const data = Buffer.alloc(100, 1) // in memory of its own
      const { got } = await through([[data, ['127.0.0.1', 1]] as const], conditions)
      expect(got).toHaveLength(2)
      const [[first], [second]] = got as unknown as [[Buffer], [Buffer]]
      const before = String(second)
      structuredClone(first, { transfer: [first.buffer as ArrayBuffer] })
      expect(String(second)).toBe(before)
      expect([second.byteOffset, second.buffer.byteLength]).toEqual([0, second.length])
    },
  )

  it('NET-10 shutdownMicroprocess ends it at once, producerFinished when all is through', () => {
    const scheduler = new Scheduler({ clock: new ManualClock() })
    const [one, two] = [new Impair<string>({ delayMs: 10 }), new Impair<string>({ delayMs: 10 })]
    for (const impair of [one, two]) {
      scheduler.activate(impair)
      impair.inbox.deliver('late')
    }
    scheduler.step()
    one.control.deliver(shutdownMicroprocess())
    two.control.deliver(producerFinished())
    scheduler.step()
    expect([one.ended, two.ended]).toEqual([true, false])
    expect(one.stats.unsent).toBe(1)
  })

  it.each([
    [{ seed: 1.5 }, 'seed is 1.5; it must be a whole number'],
    [{ limit: 0 }, 'limit is 0; it must be a whole number of messages >= 1'],
    [{ loss: 2 }, 'loss is 2'],
    [{ los: 1 }, 'cannot create Impair: unknown option "los"; did you mean loss?'],
  ])('NET-10 %o is refused', (options, message) => {
    expect(() => new Impair(options as ImpairOptions)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) }),
    )
  })
})
