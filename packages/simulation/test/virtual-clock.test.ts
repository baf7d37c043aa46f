import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Agenda } from '../src/agenda.js'
import { VirtualClock } from '../src/index.js'

describe('VirtualClock', () => {
  it('NET-02 goes to what is due next, no further, and calls in the order in which it was set', () => {
    const clock = new VirtualClock()
    const called: string[] = []
    clock.after(20, () => called.push('20'))
    clock.after(10, () => called.push('10, first'))
    clock.after(10, () => called.push('10, second'))
    expect([clock.now(), clock.next]).toEqual([0, 10])
    clock.advance(15)
    expect([clock.now(), clock.next, called]).toEqual([10, 20, ['10, first', '10, second']])
    clock.advance(15)
    expect([clock.now(), called.length]).toEqual([15, 2])
    clock.advance(100)
    expect([clock.now(), clock.next, called.at(-1)]).toEqual([20, undefined, '20'])
  })

  it('NET-02 what is set for this moment has its turn with the next call', () => {
    const clock = new VirtualClock()
    let calls = 0
    const again = (): void => {
      calls++
      clock.after(0, again)
    }
    clock.after(0, again)
    clock.advance(5)
    expect([calls, clock.now()]).toEqual([1, 0])
    clock.advance(5)
    expect([calls, clock.now()]).toEqual([2, 0])
  })

  it('NET-02 what was undone does not happen, and leaves nothing behind', () => {
    const clock = new VirtualClock()
    let calls = 0
    for (let i = 0; i < 10_000; i++) clock.after(1000, () => calls++)()
    const undo = clock.after(1, () => calls++)
    undo()
    undo()
    expect(clock.next).toBeUndefined()
    clock.after(Infinity, () => calls++)
    expect(clock.next).toBeUndefined()
    clock.after(Number.NaN, () => calls++)
    clock.after(-5, () => calls++)
    clock.advance(0)
    expect(calls).toBe(2)
  })

  it('NET-02 after a jump, what was due is late', () => {
    const clock = new VirtualClock()
    const at: number[] = []
    clock.after(10, () => at.push(clock.now()))
    clock.jump(3_600_000)
    expect(at).toEqual([])
    clock.advance(Infinity)
    expect(at).toEqual([3_600_000])
  })

  it('NET-02 removes cancelled alarms once there are 64, and they are half of all', () => {
    const keep = vi.spyOn(Agenda.prototype, 'keep')
    onTestFinished(() => keep.mockRestore())
    const clock = new VirtualClock()
    let calls = 0
    const undo = Array.from({ length: 200 }, () => clock.after(10, () => calls++))
    const cancel = (count: number) => {
      for (const cancel of undo.splice(0, count)) cancel()
    }
    cancel(99)
    expect(keep).not.toHaveBeenCalled()
    cancel(1)
    expect(keep).toHaveBeenCalledTimes(1)
    cancel(63) // of the 100 that are left
    expect(keep).toHaveBeenCalledTimes(1)
    cancel(1)
    expect(keep).toHaveBeenCalledTimes(2)
    clock.advance(10)
    expect(calls).toBe(36)
  })

  it('NET-02 cancelling an alarm twice, or after it has run, has no further effect', () => {
    const keep = vi.spyOn(Agenda.prototype, 'keep')
    onTestFinished(() => keep.mockRestore())
    const clock = new VirtualClock()
    const undo = clock.after(10, () => {})
    for (let i = 0; i < 64; i++) undo()
    const late = clock.after(5, () => {})
    clock.advance(5)
    for (let i = 0; i < 64; i++) late()
    expect(keep).not.toHaveBeenCalled()
    expect(clock.next).toBeUndefined()
  })
})
