import { eventually } from 'test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../src/serve/pace.js'

describe('a pace', () => {
  afterEach(() => void vi.useRealTimers())

  it('INS-23 runs 64 at once and then at the rate, in the order in which they came', () => {
    vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.advanceTimersByTime(10_000)
    const pace = new Pace(100)
    const ran: number[] = []
    for (let i = 0; i < 70; i++) pace.next(() => void ran.push(i))
    expect(ran).toHaveLength(64)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(21)
    expect(ran).toHaveLength(66)
    vi.advanceTimersByTime(1000)
    expect(ran).toEqual(Array.from({ length: 70 }, (_, i) => i))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('INS-62 what is cancelled is forgotten at once, and takes no time of the others', () => {
    vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.advanceTimersByTime(10_000)
    const pace = new Pace(100)
    for (let i = 0; i < 64; i++) pace.next(() => {})
    const ran: string[] = []
    const cancels = Array.from({ length: 1000 }, () => pace.next(() => void ran.push('cancelled')))
    pace.next(() => void ran.push('last'))
    expect(pace.waiting).toBe(1001)
    for (const cancel of cancels) cancel()
    expect(pace.waiting).toBe(1)
    vi.advanceTimersByTime(11)
    expect(ran).toEqual(['last'])
    pace.next(() => {})()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('INS-62 an action that has run is not cancelled any more', async () => {
    const pace = new Pace(1000)
    let ran = 0
    const cancel = pace.next(() => void ran++)
    cancel()
    cancel()
    expect(ran).toBe(1)
    pace.next(() => void ran++)
    await eventually(() => ran === 2)
  })
})
