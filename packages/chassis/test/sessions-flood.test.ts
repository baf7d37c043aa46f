import { Sessions, type SessionsOptions } from '@udpng/chassis'
import { Component, Inbox, type Main, Scheduler } from '@udpng/core'
import { liveHeap, ManualClock, WorkCounter } from 'test-support'
import { describe, expect, it } from 'vitest'

/** What one datagram after the other wants of a child. */
class Sip extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Datagrams')
  override *main(): Main {
    for (;;) {
      for (const _ of this.inbox);
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

const DATA = Buffer.from('x')

/** A flood, each datagram of it from another source. */
class Flood {
  readonly clock = new ManualClock()
  readonly scheduler: Scheduler = new Scheduler({ clock: this.clock })
  readonly sessions: Sessions
  /** How many timers there ever were at once. */
  timers = 0
  #sent = 0

  constructor(options: SessionsOptions = {}) {
    this.sessions = this.scheduler.activate(new Sessions(() => new Sip(), options))
  }

  /** Delivers `count` datagrams; after each 64 a cycle, as when a peer receives them. */
  send(count: number): void {
    for (const end = this.#sent + count; this.#sent < end; ) {
      const host = `198.51.100.${this.#sent >> 16}`
      this.sessions.inbox.deliver([DATA, [host, this.#sent & 0xffff]])
      if (++this.#sent % 64) continue
      this.scheduler.step()
      this.timers = Math.max(this.timers, this.clock.pending)
    }
  }
}

describe('a flood of sources', () => {
  // The first test of this file: its counter sees loops in functions that have not run yet.
  it('SES-07 a datagram is the same work, whatever the capacity: nothing is searched', () => {
    using work = new WorkCounter(/\/packages\/(chassis|core|datagram)\/(src|dist)\//)
    const [few, many] = [new Flood({ capacity: 1024 }), new Flood({ capacity: 16_384 })]
    for (const flood of [few, many]) flood.send(20_000)
    // Datagrams of new sources, now that all places are taken.
    const [ofFew, ofMany] = [few, many].map((flood) => work.of(() => flood.send(2048)))
    expect(ofFew).toBeGreaterThan(2048)
    expect(ofMany).toBeLessThan(1.2 * (ofFew as number))
  }, 600_000)

  it('SES-07 of two hundred thousand, none is refused, and there are never more sessions, memory or timers than allowed', () => {
    const flood = new Flood()
    flood.send(10_000)
    const before = liveHeap()
    let most = 0
    for (let i = 0; i < 19; i++) {
      flood.send(10_000)
      const { components } = flood.scheduler.snapshot()
      most = Math.max(most, components.filter(({ name }) => name.startsWith('Sip')).length)
    }
    // Bytes for each session that came and went: the smallest entry of a map has more.
    expect((liveHeap() - before) / 190_000).toBeLessThan(32)
    expect(most).toBeLessThanOrEqual(2 * 1024)
    expect(flood.timers).toBe(1)
    for (let i = 0; i < 50; i++) flood.scheduler.step()
    const { started, ended, evicted, received, dropped } = flood.sessions.stats
    expect([received, started, dropped.noRoom, dropped.unread]).toEqual([2e5, 2e5, 0, 0])
    expect([evicted, ended]).toEqual([2e5 - 1024, 2e5 - 1024])
  }, 600_000)
})
