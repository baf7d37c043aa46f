import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Pace } from '../src/pace.js'

/** A pace, and a clock that the test moves. */
class Sender {
  readonly pace = new Pace()
  sent = 0
  readonly #clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  #ms = 0

  constructor() {
    onTestFinished(() => {
      this.#clock.mockRestore()
    })
  }

  wait(ms: number): void {
    this.#ms += ms
    this.#clock.mockReturnValue(this.#ms)
  }

  /** Sends as much as it may at this moment, at most `wanted` datagrams. Returns their number. */
  sendNow(wanted: number): number {
    let now = 0
    while (now < wanted) {
      const count = this.pace.take(Math.min(1024, wanted - now))
      if (count === 0) break
      now += count
    }
    this.sent += now
    return now
  }

  /** Sends as much as it may for some time, tries 10 times per millisecond, and returns how much that was in the last millisecond. */
  sendFor(ms: number, perTry = 5000): number {
    let last = 0
    for (let i = 0; i < ms; i++) {
      last = 0
      for (let k = 0; k < 10; k++) {
        this.wait(0.1)
        last += this.sendNow(perTry)
      }
    }
    return last
  }
}

describe('DGR-11 the pace', () => {
  it('a burst begins with 192, and continues with 200 per millisecond', () => {
    const sender = new Sender()
    expect(sender.sendNow(1000)).toBe(192)
    expect(sender.sendNow(1000)).toBe(0)
    sender.wait(0.5)
    expect(sender.sendNow(1000)).toBe(96)
    sender.sendFor(3)
    expect(sender.sent).toBeLessThan(192 + 4 * 200)
    expect(sender.sent).toBeGreaterThan(192 + 3 * 200)
  })

  it('about 20 ms later it is a flood, which is not paced', () => {
    const sender = new Sender()
    sender.sendFor(15)
    expect(sender.sent).toBeLessThan(192 + 15 * 200)
    expect(sender.sendFor(10)).toBe(50_000)
  })

  it('interruptions of a few milliseconds do not make a flood a burst', () => {
    const sender = new Sender()
    sender.sendFor(30)
    for (let i = 0; i < 100; i++) {
      sender.wait(5)
      expect(sender.sendNow(2000)).toBe(2000)
    }
  })

  it('after a flood of any length and a pause, a burst begins as ever', () => {
    const sender = new Sender()
    sender.sendFor(2000)
    sender.wait(50)
    expect(sender.sendNow(1000)).toBe(192)
    sender.wait(1)
    expect(sender.sendNow(1000)).toBe(192)
  })

  it('a steady flow that node:dgram can send is never a flood, so a burst in it is paced', () => {
    const sender = new Sender()
    for (let i = 0; i < 10_000; i++) {
      sender.wait(0.1)
      expect(sender.sendNow(9)).toBe(9)
    }
    sender.wait(0.1)
    expect(sender.sendNow(1000)).toBe(192)
  })
})
