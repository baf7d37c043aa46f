import { Pipeline } from '@udpng/chassis'
import {
  Component,
  Inbox,
  link,
  type Main,
  producerFinished,
  shutdownMicroprocess,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Address } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { Probe } from './probe.js'
import { A, B, C, Gate, NOTHING, Rig, Sleeper } from './rig.js'

const echo = () => new Probe<Buffer>()

/** Sleeps a while, whatever messages it gets; then takes seven datagrams, and sleeps on until it is closed. */
class Late extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  override *main(): Main {
    yield* this.sleep(20)
    for (let i = 0; i < 7; i++) this.inbox.recv()
    yield* this.sleep(Infinity)
  }
}

/** Each datagram and each letter is in one place, at this moment. */
function addsUp(rig: Rig<Probe<Buffer> | Gate | Sleeper>): void {
  const { stats } = rig.sessions
  const { unsent, ...reasons } = stats.dropped
  const all = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
  const inboxes = rig.made.map(({ inbox }) => inbox)
  const taken = all(inboxes.map((inbox) => inbox.taken))
  const waiting = all(inboxes.map(({ length }) => length))
  const dropped = all(Object.values(reasons))
  const undelivered = all(Object.values(stats.undelivered))
  expect(stats.received).toBe(taken + waiting + dropped)
  expect(stats.received).toBe(stats.passed + undelivered)
  const outboxes = rig.made.flatMap((child) => ('outbox' in child ? [child.outbox] : []))
  const { components } = rig.scheduler.snapshot()
  const letters = all(components.map(({ inboxes }) => inboxes['replies']?.length ?? 0))
  expect(all(outboxes.map(({ sent }) => sent))).toBe(stats.sent + unsent + letters)
}

describe('counts', () => {
  it('SES-19 what a child takes after it was asked to shut down is taken, and only the rest is unread', async () => {
    const late = new Late()
    const rig = new Rig<Late>(() => late)
    for (let i = 0; i < 10; i++) rig.send(A, `${i}`)
    rig.step()
    rig.sessions.control.deliver(shutdownMicroprocess())
    rig.step()
    expect(rig.sessions.ended).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ ended: 1, passed: 10, dropped: NOTHING })
    await rig.pass(20)
    expect([late.inbox.taken, late.ended]).toEqual([7, false])
    expect(rig.sessions.stats.dropped).toEqual(NOTHING)
    await rig.pass(1000)
    expect(late.ended).toBe(true)
    expect(rig.sessions.stats).toMatchObject({
      received: 10,
      passed: 10,
      dropped: { ...NOTHING, unread: 3 },
    })
  })

  it('SES-19 what a child never took, because it was never started, is unread', () => {
    const rig = new Rig(echo)
    rig.send(A, '1')
    rig.send(A, '2')
    rig.step(1)
    rig.sessions.control.deliver(shutdownMicroprocess())
    rig.scheduler.stop()
    expect(rig.made).toHaveLength(1)
    expect(rig.child(0).ended).toBe(true)
    expect(rig.sessions.stats).toMatchObject({ passed: 2, dropped: { ...NOTHING, unread: 2 } })
  })

  it('SES-19 messages and drops of the child’s inbox from before are not those of the session', async () => {
    const rig = new Rig(() => {
      const gate = new Gate({ capacity: 4, whenFull: 'dropNewest' })
      for (let i = 0; i < 6; i++) gate.inbox.deliver(Buffer.from('not from the client'))
      return gate
    })
    rig.send(A, 'finds it full')
    rig.step()
    rig.child(0).inbox.recv()
    rig.send(A, 'left')
    rig.step()
    expect(rig.sessions.stats.dropped).toEqual({ ...NOTHING, sessionFull: 1 })
    rig.child(0).control.deliver(shutdownMicroprocess())
    rig.step()
    expect(rig.child(0).inbox.dropped).toBe(2 + 4)
    expect(rig.sessions.stats.dropped).toEqual({ ...NOTHING, sessionFull: 1, unread: 1 })
  })

  it('SES-19 a datagram that pushes such a message out is counted once, as lost', () => {
    const rig = new Rig(() => {
      const gate = new Gate({ capacity: 3, whenFull: 'dropOldest' })
      for (let i = 0; i < 3; i++) gate.inbox.deliver(Buffer.from('not from the client'))
      return gate
    })
    rig.send(A, 'pushes one out')
    rig.step()
    rig.child(0).control.deliver(shutdownMicroprocess())
    rig.step()
    expect(rig.sessions.stats).toMatchObject({
      received: 1,
      passed: 1,
      dropped: { ...NOTHING, sessionFull: 1 },
    })
  })

  it('ACC-05 the account of the sessions adds up: datagrams to the children, and letters from them', () => {
    const rig = new Rig<Component>(([host]) =>
      host === A[0] ? new Probe<Buffer>() : new Gate({ capacity: 1 }),
    )
    for (const source of [A, A, B, B, B]) rig.send(source, 'x')
    rig.step()
    // Two of five datagrams found an inbox full. Each letter is counted by its session and by the sessions.
    expect(accountOf(rig.sessions)).toMatchObject({
      in: 12,
      out: 9,
      waiting: 1,
      dropped: { sessionFull: 2 },
      unaccounted: 0,
      parts: { Session: { in: 5, out: 4, waiting: 1, unaccounted: 0 } },
    })
  })

  it('SES-06 every datagram and every letter is accounted for, whatever happens', async () => {
    // A small random generator, so that each run is the same.
    let seed = 1
    const random = (below: number): number => {
      seed = (seed * 48271) % 0x7fffffff
      return seed % below
    }
    const kinds = [
      () => new Probe<Buffer>(),
      () => new Probe<Buffer>('shutdown'),
      () => new Gate({ capacity: 2 }),
      () => new Gate({ capacity: 2, whenFull: 'dropOldest' }),
      () => new Gate({ capacity: 2, whenFull: 'dropNewest' }),
      () => new Sleeper(),
      () => new Pipeline(new Probe<Buffer>(), new Probe<Buffer>()),
      () => {
        const fails = new Probe<Buffer>()
        fails.fail(new Error('no such luck'))
        return new Pipeline(new Gate(), fails)
      },
    ]
    const options = { idleMs: 1000, capacity: 8 }
    const rig = new Rig<Probe<Buffer> | Gate | Sleeper>(
      () => kinds[random(kinds.length)]?.() as Gate,
      options,
      { onFailure: 'isolate', room: 5 },
    )
    let delivered = 0
    let letters = 0
    for (let i = 0; i < 20_000; i++) {
      const child = rig.made[rig.made.length - 1 - random(24)]
      const what = random(20)
      // At times letters are not read, and at times few clients send.
      const phase = Math.floor(i / 500) % 3
      if (what < (phase === 2 ? 1 : 12)) {
        rig.send(['192.0.2.1', random(20)], `${i}`)
        delivered++
      } else if (what < 14 && phase !== 1) letters += [...rig.letters].length
      else if (what === 14 && child instanceof Gate) child.open()
      else if (what === 15 && child instanceof Probe) child.finish()
      else if (what === 16 && child instanceof Probe) child.fail(new Error('no such luck'))
      else if (what >= (phase === 2 ? 17 : 19)) await rig.clock.advance(random(1000))
      rig.step(random(4))
      if (i % 17 === 0) addsUp(rig)
    }
    rig.sessions.control.deliver(producerFinished())
    for (let i = 0; i < 10; i++) {
      letters += [...rig.letters].length
      await rig.pass(1000)
    }
    letters += [...rig.letters].length
    const { stats } = rig.sessions
    const { noRoom, sessionFull, unread, failed, unsent } = stats.dropped
    addsUp(rig)
    expect(rig.sessions.ended).toBe(true)
    expect(stats.received).toBe(delivered)
    expect(stats.sent).toBe(letters)
    expect([stats.started, stats.ended]).toEqual([rig.made.length, rig.made.length])
    // It was worth the while: everything that can be counted happened.
    const { idle, evicted } = stats
    const all = { noRoom, sessionFull, unread, failed, unsent, idle, evicted }
    expect(Object.entries(all).filter(([, count]) => count < 10)).toEqual([])
  })

  it('SES-06 a snapshot shows how many have started and ended; starts and ends tell which', () => {
    const rig = new Rig(echo)
    const started = new Inbox<Address>('Started')
    const linkage = link(rig.sessions.starts, started)
    rig.send(A, 'a')
    rig.send(B, 'b')
    rig.step()
    rig.child(0).finish()
    linkage.unlink()
    rig.send(C, 'c')
    const ended = new Inbox<Address>('Ended')
    link(rig.sessions.ends, ended)
    rig.step()
    expect([[...started], [...ended]]).toEqual([[A, B], [A]])
    const { components, links } = rig.scheduler.snapshot()
    // No notice of a last letter while the child lives.
    expect(components[1]?.inboxes).toMatchObject({
      replies: { taken: 1 },
      posted: { delivered: 0 },
    })
    expect(components[0]?.outboxes['starts']).toMatchObject({ sent: 2, discarded: 1 })
    expect(components[0]?.outboxes['ends']).toMatchObject({ sent: 1, discarded: 0 })
    expect(components.map(({ name, parent }) => [name, parent])).toEqual([
      ['Sessions#1', undefined],
      ['192.0.2.2:1', 'Sessions#1'],
      ['192.0.2.2:1/Probe#1', '192.0.2.2:1'],
      ['192.0.2.3:1', 'Sessions#1'],
      ['192.0.2.3:1/Probe#1', '192.0.2.3:1'],
    ])
    expect(links).toContainEqual({ from: '192.0.2.3:1/Probe#1.outbox', to: '192.0.2.3:1.replies' })
  })

  it('SES-06 a report that finds its inbox full is dropped and counted, and does not block other senders', () => {
    const rig = new Rig(echo)
    for (const box of [rig.sessions.starts, rig.sessions.ends])
      link(box, new Inbox<Address>('Not read', { capacity: 2, whenFull: 'throw' }))
    for (let port = 1; port <= 10; port++) rig.send([A[0], port], 'x')
    rig.step()
    for (const child of rig.made.slice(0, 5)) child.finish()
    rig.step()
    expect(rig.sessions.stats).toMatchObject({ started: 10, ended: 5, sent: 10, lostReports: 11 })
  })
})
