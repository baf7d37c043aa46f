import { Component, type Main, Scheduler } from '@udpng/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Watch } from '../src/observe/watch.js'

/** A socket of another process, which receives 50 datagrams a second, and is read every two seconds. */
class Copy extends Component {
  statsReadAt = Date.now()
  stats = { received: 0, receivedBytes: 0 }

  read(): void {
    this.statsReadAt = Date.now()
    this.stats = { received: this.stats.received + 100, receivedBytes: 0 }
  }

  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

describe('numbers that were read elsewhere', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('INS-74 give a constant rate in the history, and the time of their reading in the picture', () => {
    const scheduler = new Scheduler()
    const copy = scheduler.activate(new Copy())
    const watch = new Watch(scheduler)
    for (let second = 1; second <= 20; second++) {
      vi.advanceTimersByTime(1000)
      if (second % 2 === 0) copy.read()
    }
    // The first rate is known after two readings.
    const rates = watch.history.slice(6).map(({ received }) => Math.round(received))
    expect(rates.length).toBeGreaterThan(10)
    expect(new Set(rates)).toEqual(new Set([50]))
    const { time, components } = watch.picture
    expect(components[copy.name]?.readAt).toBe(time - 2000)
    watch.close()
  })
})
