import { feed, Inbox, type Main } from '@udpng/core'
import { turn } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { doing, Part } from './part.js'

/** Whether a promise has settled, after a turn of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  promise.then(note, note)
  await turn()
  return settled
}

describe('feed', () => {
  it('FED-01 puts messages into the inbox at once, in order', async () => {
    const inbox = new Inbox<number>('Numbers')
    const { send } = feed(inbox)
    expectTypeOf(send).parameters.toEqualTypeOf<[message: number]>()
    const sent = [send(1), send(2), send(3)]
    expect([...inbox]).toEqual([1, 2, 3])
    await Promise.all(sent)
  })

  it('FED-02 resolves when there is room, and takes further messages meanwhile', async () => {
    const inbox = new Inbox<number>('Numbers', { capacity: 2 })
    const { send } = feed(inbox)
    await send(1)
    const full = [send(2), send(3)]
    expect(inbox.length).toBe(3)
    expect(await isSettled(Promise.race(full))).toBe(false)
    inbox.recv()
    expect(await isSettled(Promise.race(full))).toBe(false)
    inbox.recv()
    await Promise.all(full)
  })

  it('FED-02 an inbox that drops always has room; one that throws rejects', async () => {
    const dropping = new Inbox<number>('Numbers', { capacity: 1, whenFull: 'dropOldest' })
    const loose = feed(dropping)
    await Promise.all([loose.send(1), loose.send(2)])
    expect([...dropping, dropping.dropped]).toEqual([2, 1])
    const strict = feed(new Inbox<number>('Numbers', { capacity: 1, whenFull: 'throw' }))
    strict.send(1)
    await expect(strict.send(2)).rejects.toMatchObject({ code: 'BOX_FULL' })
  })

  it('FED-03 wakes a component, and is woken by it: a slow reader slows the caller', async () => {
    const got: unknown[] = []
    let ahead = 0
    const part = new Part(function* (self): Main {
      while (got.length < 5000) {
        const message = self.inbox.recv()
        if (message === undefined) yield self.pause()
        else {
          got.push(message)
          ahead = Math.max(ahead, self.inbox.length)
          yield
        }
      }
    })
    const run = part.run()
    const { send } = feed(part.inbox)
    for (let i = 0; i < 5000; i++) await send(i)
    await run
    expect(got).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    expect(ahead).toBeLessThanOrEqual(1024)
  })

  it('FED-04 rejects when the component has ended, before the call or while it waits', async () => {
    const part = new Part(doing(() => {}))
    const { send } = feed(part.inbox)
    for (let i = 1; i < 1024; i++) await send(i)
    const waiting = Promise.allSettled([send(1024), send(1025)])
    await part.run()
    const reason = {
      code: 'BAD_LINK',
      message: 'cannot send to Part#1.inbox: its component has ended',
    }
    expect(await waiting).toMatchObject([{ reason }, { reason }])
    await expect(send(1026)).rejects.toMatchObject(reason)
    expect(part.inbox.delivered).toBe(1025)
  })

  it('FED-04 refuses what is not an inbox', () => {
    expect(() => feed({} as Inbox<unknown>)).toThrow(/must be an inbox/)
  })
})
