import {
  Component,
  type Control,
  Inbox,
  link,
  type Main,
  messages,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { Ticker } from '@udpng/flow'
import { ManualClock, turn } from 'test-support'
import { describe, expect, it } from 'vitest'

/** A running ticker; `ticks` records what it sends, and when. */
async function start(intervalMs: number, clock = new ManualClock()) {
  const ticker = new Ticker({ intervalMs })
  const said = new Inbox<Control>('What it says')
  const recorder = new Recorder(clock)
  link(ticker.outbox, recorder.inbox)
  link(ticker.signal, said)
  const scheduler = new Scheduler({ clock })
  scheduler.activate(ticker)
  scheduler.activate(recorder)
  const run = scheduler.run()
  await turn()
  return { ticker, said, recorder, ticks: recorder.ticks, clock, scheduler, run }
}

class Recorder extends Component {
  readonly inbox: Inbox<number> = new Inbox('Ticks', { capacity: 1 })
  readonly ticks: (readonly [tick: number, at: number])[] = []
  /** Whether it takes what arrives. */
  takes = true
  readonly #clock: ManualClock
  constructor(clock: ManualClock) {
    super()
    this.#clock = clock
  }
  override *main(): Main {
    for (;;) {
      if (this.readControl()) return
      if (this.takes) for (const tick of this.inbox) this.ticks.push([tick, this.#clock.now()])
      yield this.pause()
    }
  }
}

/** A clock whose timers are as late, or as early, as real ones. */
class RoughClock extends ManualClock {
  readonly #error: () => number
  constructor(error: () => number) {
    super()
    this.#error = error
  }
  override after(ms: number, callback: () => void): () => void {
    return super.after(ms + this.#error(), callback)
  }
}

describe('Ticker', () => {
  it('TCK-01 sends the number of each tick at start + k x interval', async () => {
    const clock = new ManualClock()
    await clock.advance(777)
    const { ticks, scheduler } = await start(250, clock)
    await clock.advance(1000)
    expect(ticks).toEqual([
      [1, 1027],
      [2, 1277],
      [3, 1527],
      [4, 1777],
    ])
    scheduler.stop()
  })

  it('TCK-01 late timers do not add up, early ones tick no earlier', async () => {
    let i = 0
    const clock = new RoughClock(() => [3, -2, 7, 0, -5][i++ % 5] as number)
    const { ticks, scheduler } = await start(100, clock)
    await clock.advance(5000)
    expect(ticks.map(([tick]) => tick)).toEqual(Array.from({ length: 49 }, (_, k) => k + 1))
    const lateness = ticks.map(([tick, at]) => at - tick * 100)
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...lateness)).toBe(7)
    scheduler.stop()
  })

  it('TCK-01 an interval that no binary fraction equals loses and doubles no tick', async () => {
    const { ticks, clock, scheduler } = await start(0.1)
    await clock.advance(100.05)
    expect(ticks.map(([tick]) => tick)).toEqual(Array.from({ length: 1000 }, (_, k) => k + 1))
    scheduler.stop()
  })

  it('TCK-01 ticks in real time, and never early', async () => {
    const ticker = new Ticker({ intervalMs: 5 })
    const ticks = messages(ticker.outbox)
    const start = performance.now()
    const run = ticker.run()
    for await (const tick of ticks) {
      expect(performance.now() - start).toBeGreaterThanOrEqual(tick * 5)
      if (tick >= 3) break
    }
    ticker.control.deliver(shutdownMicroprocess())
    await run
  })

  it('TCK-02 ticks whose time passed while the scheduler was late are skipped', async () => {
    // 340 ms pass with no timer called: after them the third tick is the one that is due
    let stall = 0
    class Stalling extends ManualClock {
      override now(): number {
        return super.now() + stall
      }
    }
    const { recorder, ticks, clock, scheduler } = await start(100, new Stalling())
    await clock.advance(100)
    stall = 340
    await clock.advance(100)
    await clock.advance(60)
    expect(ticks.map(([tick]) => tick)).toEqual([1, 5, 6])
    expect(recorder.inbox.delivered).toBe(3)
    scheduler.stop()
  })

  it('TCK-02 FLO-05 ticks that find the outbox full are skipped, and not made up for', async () => {
    const { recorder, ticks, clock, scheduler } = await start(100)
    recorder.takes = false
    await clock.advance(350)
    expect(recorder.inbox.delivered).toBe(1)
    recorder.takes = true
    recorder.control.deliver({ kind: 'wake up' } as never)
    await turn()
    expect(ticks).toEqual([[1, 350]])
    await clock.advance(200)
    expect(ticks.slice(1)).toEqual([
      [4, 400],
      [5, 500],
    ])
    scheduler.stop()
  })

  it('TCK-03 CTL-03 either shutdown message ends it at once and is passed on; its timer is gone', async () => {
    for (const word of [shutdownMicroprocess({ cause: new Error('enough') }), producerFinished()]) {
      const { ticker, recorder, said, ticks, clock, run } = await start(1000)
      await clock.advance(1500)
      expect(clock.pending).toBe(1)
      ticker.control.deliver(word)
      recorder.control.deliver(shutdownMicroprocess())
      await run
      expect(clock.now()).toBe(1500)
      expect(clock.pending).toBe(0)
      expect(said.length).toBe(1)
      const answer = said.recv()
      expect(answer).toEqual(word)
      expect(answer === word).toBe(word.kind === 'shutdownMicroprocess')
      expect(ticks).toEqual([[1, 1000]])
    }
  })

  it('TCK-03 an interval that is not a finite number > 0 throws, so does another option', () => {
    for (const [intervalMs, shown] of [
      [0, '0'],
      [-1, '-1'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      ['1000', '"1000"'],
      [undefined, 'undefined'],
      [null, 'null'],
    ])
      expect(() => new Ticker({ intervalMs: intervalMs as number })).toThrow(
        expect.objectContaining({
          code: 'BAD_OPTION',
          message: `cannot create Ticker: intervalMs is ${shown}; it must be a number of milliseconds > 0`,
        }),
      )
    expect(() => new Ticker({ intervalMs: Object.create(null) })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    )
    expect(() => new Ticker({ intervalMs: 1, interval: 1 } as never)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: 'cannot create Ticker: unknown option "interval"; did you mean intervalMs?',
      }),
    )
    expect(() => new Ticker(undefined as never)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    )
  })
})
