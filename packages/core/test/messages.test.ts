import { getEventListeners } from 'node:events'
import { Inbox, link, type Main, messages, Outbox, UdpngError } from '@udpng/core'
import { destinationOf } from '@udpng/core/inspection'
import { eventually, turn } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cycles, doing, forever, Part, start, thrownBy } from './part.js'

/** Sends these, heeding backpressure, and ends. */
const sending = (items: Iterable<unknown>) =>
  function* (self: Part): Main {
    for (const item of items) {
      while (self.outbox.full) yield self.pause()
      self.outbox.send(item)
    }
  }

const count = (length: number): number[] => Array.from({ length }, (_, n) => n)

async function collect(from: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = []
  for await (const message of from) got.push(message)
  return got
}

describe('messages', () => {
  it('MSG-01 links at the call and yields each message once, in order', async () => {
    const part = new Part(sending(count(5000)))
    const all = messages(part.outbox)
    expect(destinationOf(part.outbox)?.doc).toBe('Messages for outside')
    const run = part.run()
    expect(await collect(all)).toEqual(count(5000))
    await run
  })

  it('MSG-01 yields what the outbox carries, in type too', async () => {
    const outbox = new Outbox<'a' | 'b'>('Letters')
    const all = messages(outbox)
    expectTypeOf(all).toEqualTypeOf<AsyncIterableIterator<'a' | 'b', undefined>>()
    outbox.send('a')
    const first = await all.next()
    if (!first.done) expectTypeOf(first.value).toEqualTypeOf<'a' | 'b'>()
    expect(first).toEqual({ done: false, value: 'a' })
  })

  it('MSG-01 undefined and falsy messages are messages', async () => {
    const part = new Part(sending([undefined, 0, '', undefined]))
    const all = messages(part.outbox)
    const run = part.run()
    expect(await collect(all)).toEqual([undefined, 0, '', undefined])
    await run
  })

  it('MSG-01 a linked outbox throws BOX_ALREADY_LINKED, and keeps its link', () => {
    const outbox = new Outbox<unknown>('Out')
    const inbox = new Inbox<unknown>('In')
    link(outbox, inbox)
    const { signal } = new AbortController()
    expect(thrownBy(() => messages(outbox, { signal }))).toMatchObject({
      code: 'BOX_ALREADY_LINKED',
    })
    outbox.send(1)
    expect([...inbox]).toEqual([1])
    const second = new Part()
    messages(second.outbox)
    start(second)
    const thrown = thrownBy(() => messages(second.outbox)) as UdpngError
    expect(thrown).toBeInstanceOf(UdpngError)
    expect(thrown.message).toMatch(/Part#1\.outbox to messages.*: it feeds messages\./)
  })

  it.each([undefined, null, 'outbox', {}, new Inbox<unknown>('In')])(
    'MSG-01 %o is not an outbox: BAD_LINK',
    (value) => {
      expect(thrownBy(() => messages(value as Outbox<unknown>))).toMatchObject({
        code: 'BAD_LINK',
        message: expect.stringMatching(/^cannot link .*: it must be an outbox/),
      })
    },
  )

  it('MSG-01 break ends it and unlinks; the component goes on, its messages discarded', async () => {
    const part = new Part(sending(count(10_000)))
    const all = messages(part.outbox)
    const run = part.run()
    const got: unknown[] = []
    for await (const message of all) {
      got.push(message)
      if (got.length === 3) break
    }
    expect(got).toEqual([0, 1, 2])
    expect(part.outbox.linked).toBe(false)
    await run
    expect(part.outbox.discarded).toBeGreaterThan(0)
    expect(await all.next()).toEqual({ done: true, value: undefined })
  })

  it('MSG-01 an error inside the loop does the same', async () => {
    const { outbox } = new Part()
    const all = messages(outbox)
    outbox.send(1)
    await expect(
      (async () => {
        for await (const _ of all) throw new Error('inside')
      })(),
    ).rejects.toThrow('inside')
    expect(outbox.linked).toBe(false)
  })

  it('MSG-01 after break the outbox can be linked again, which the ended iteration does not disturb', async () => {
    const { outbox } = new Part()
    const first = messages(outbox)
    await first.return?.()
    const second = messages(outbox)
    outbox.send('for the second')
    expect(await first.next()).toEqual({ done: true, value: undefined })
    await first.return?.()
    expect(outbox.linked).toBe(true)
    expect(await second.next()).toEqual({ done: false, value: 'for the second' })
  })

  it('MSG-01 an abort ends it at once and unlinks, with a next() pending or messages waiting', async () => {
    for (const waiting of [0, 3]) {
      const { outbox } = new Part()
      const abort = new AbortController()
      const all = messages(outbox, { signal: abort.signal })
      for (let n = 0; n < waiting; n++) outbox.send(n)
      const pending = waiting === 0 ? all.next() : undefined
      abort.abort()
      expect(outbox.linked).toBe(false)
      if (pending) expect(await pending).toEqual({ done: true, value: undefined })
      expect(await all.next()).toEqual({ done: true, value: undefined })
      expect(outbox.send('too late')).toBe(true)
    }
  })

  it('MSG-01 with a signal that was aborted before, it ends at once', async () => {
    const { outbox } = new Part()
    const all = messages(outbox, { signal: AbortSignal.abort() })
    expect(outbox.linked).toBe(false)
    expect(await collect(all)).toEqual([])
  })

  it('MSG-01 the signal keeps no listener, however it ended', async () => {
    const { signal } = new AbortController()
    const listeners = (): number => getEventListeners(signal, 'abort').length
    const broken = messages(new Part().outbox, { signal })
    expect(listeners()).toBe(1)
    await broken.return?.()
    expect(listeners()).toBe(0)
    const part = new Part(doing(() => {}))
    const ended = messages(part.outbox, { signal })
    const run = part.run()
    expect(await collect(ended)).toEqual([])
    await run
    expect(listeners()).toBe(0)
    messages(part.outbox, { signal })
    expect(listeners()).toBe(0)
  })

  it('MSG-01 many next() at once are answered in order, each once', async () => {
    const { outbox } = new Part()
    const all = messages(outbox)
    const asked = [all.next(), all.next(), all.next()]
    for (let n = 0; n < 5; n++) outbox.send(n)
    asked.push(all.next(), all.next())
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([0, 1, 2, 3, 4])
  })

  it('MSG-01 MSG-02 return() answers pending next() with the end', async () => {
    const { outbox } = new Part()
    const all = messages(outbox)
    const pending = [all.next(), all.next()]
    outbox.send('the first gets it')
    expect(await all.return?.()).toEqual({ done: true, value: undefined })
    expect(await Promise.all(pending)).toEqual([
      { done: false, value: 'the first gets it' },
      { done: true, value: undefined },
    ])
  })

  it('MSG-02 ends when the component ends, after yielding what was still buffered', async () => {
    const part = new Part(sending(count(100)))
    const all = messages(part.outbox)
    await part.run()
    expect([part.ended, part.outbox.linked]).toEqual([true, false])
    expect(await collect(all)).toEqual(count(100))
    expect(await all.next()).toEqual({ done: true, value: undefined })
  })

  it('MSG-02 pending next() of all askers end when the component ends', async () => {
    const part = new Part()
    const all = messages(part.outbox)
    const pending = [all.next(), all.next()]
    const scheduler = start(part)
    cycles(scheduler)
    scheduler.stop()
    expect(await Promise.all(pending)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  it('MSG-02 never throws, also when the component failed', async () => {
    const part = new Part(function* (self): Main {
      self.outbox.send('last')
      yield
      throw new Error('boom')
    })
    const all = messages(part.outbox)
    const run = part.run()
    expect(await collect(all)).toEqual(['last'])
    await expect(run).rejects.toMatchObject({ code: 'COMPONENT_FAILED' })
  })

  it('MSG-02 of a component that has ended already it ends at once', async () => {
    const part = new Part(doing(() => {}))
    await part.run()
    expect(await collect(messages(part.outbox))).toEqual([])
  })

  it('MSG-03 while it is not read, outbox.full becomes true at 1024 and the component pauses', async () => {
    const part = new Part(sending(count(5000)))
    const all = messages(part.outbox)
    const run = part.run()
    await eventually(() => part.outbox.full)
    for (let i = 0; i < 10; i++) await turn()
    expect([part.outbox.sent, part.ended]).toEqual([1024, false])
    expect(await all.next()).toEqual({ done: false, value: 0 })
    await eventually(() => part.outbox.sent === 1025)
    expect(await collect(all)).toEqual(count(5000).slice(1))
    await run
  })

  it('MSG-03 outbox.send reports a full buffer, and a pending next() makes room at once', async () => {
    const { outbox } = new Part()
    const all = messages(outbox)
    for (let n = 0; n < 1023; n++) expect(outbox.send(n)).toBe(true)
    expect([outbox.send(1023), outbox.full]).toEqual([false, true])
    await all.next()
    expect([outbox.full, outbox.room]).toEqual([false, 1])
  })

  it('MSG-03 breaking off lets a component go on that waited for room', async () => {
    const part = new Part(sending(count(3000)))
    const all = messages(part.outbox)
    const run = part.run()
    await eventually(() => part.outbox.full)
    await all.return?.()
    await run
    expect(part.outbox.sent + part.outbox.discarded).toBe(3000)
  })

  it('SCH-09 MSG-01 code outside runs after the step, never inside it', async () => {
    const log: string[] = []
    const part = new Part(function* (self): Main {
      log.push('before')
      self.outbox.send(1)
      log.push('after')
      yield* forever(self)
    })
    const all = messages(part.outbox)
    const asked = all.next().then(() => log.push('outside'))
    const scheduler = start(part)
    const run = scheduler.run()
    await asked
    expect(log).toEqual(['before', 'after', 'outside'])
    scheduler.stop()
    await run
  })

  it('MSG-04 with the promise of a run, it ends after the run and throws its error', async () => {
    const failing = new Part(function* (self): Main {
      self.outbox.send('before')
      yield
      throw new Error('broken')
    })
    const all = messages(failing.outbox, { run: failing.run() })
    expect(await all.next()).toEqual({ done: false, value: 'before' })
    await expect(all.next()).rejects.toMatchObject({ code: 'COMPONENT_FAILED' })
    const fine = new Part(sending([1, 2]))
    expect(await collect(messages(fine.outbox, { run: fine.run() }))).toEqual([1, 2])
    expect(thrownBy(() => messages(new Outbox('Out'), { run: 1 as never }))).toMatchObject({
      code: 'BAD_OPTION',
    })
  })

  it('MSG-04 break and the signal do not wait for the run', async () => {
    const part = new Part(sending([1, 2, 3]))
    const never = new Promise<void>(() => {})
    const all = messages(part.outbox, { run: never })
    const run = part.run()
    for await (const message of all) if (message === 2) break
    const stop = new AbortController()
    stop.abort()
    const other = messages(new Part().outbox, { run: never, signal: stop.signal })
    expect(await other.next()).toEqual({ done: true, value: undefined })
    await run
  })
})
