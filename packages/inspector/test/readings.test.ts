import { Component, type Main } from '@udpng/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Readings } from '../src/observe/readings.js'

/** The time of these tests, milliseconds. */
let clock = 0

/** A component whose numbers take `ms` milliseconds to read. */
class Slow extends Component {
  read = 0
  readonly #ms: number

  constructor(ms: number) {
    super()
    this.#ms = ms
  }

  get stats(): object {
    clock += this.#ms
    return { read: ++this.read }
  }

  override *main(): Main {}
}

/** One look. */
function look(
  readings: Readings,
  components: readonly Slow[],
  passed: number,
): (number | undefined)[] {
  readings.begin(Date.now())
  return components.map((component) => readings.of(component, passed).stats?.['read'])
}

describe('numbers', () => {
  beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => clock))
  afterEach(() => void vi.restoreAllMocks())

  it('INS-14 that are cheap to read are read at each look', () => {
    const readings = new Readings()
    const component = new Slow(0)
    for (let i = 0; i < 100; i++) look(readings, [component], 0)
    expect(component.read).toBe(100)
  })

  it('INS-14 that are costly are read within a budget, those left out are first the next time', () => {
    const readings = new Readings()
    const all = Array.from({ length: 20 }, () => new Slow(2))
    const counts = (): number[] => all.map(({ read }) => read)
    const sum = (): number => counts().reduce((a, b) => a + b)
    look(readings, all, 0)
    expect(counts()).toEqual(all.map(() => 1)) // the first time, all are read
    for (let i = 1; i <= 20; i++) {
      const before = sum()
      look(readings, all, i)
      // Those of 4 ms, the one that is under way then, and the one that is read in any case.
      expect(sum() - before).toBeLessThanOrEqual(4)
    }
    expect(Math.min(...counts())).toBeGreaterThanOrEqual(1)
    expect(Math.max(...counts()) - Math.min(...counts())).toBeLessThanOrEqual(2)
  })

  it('INS-14 that are costly are left alone where nothing passes, but for one at each look', () => {
    const readings = new Readings()
    const all = Array.from({ length: 4 }, () => new Slow(1.5))
    for (let i = 1; i <= 20; i++) look(readings, all, 1)
    const before = all.map(({ read }) => read)
    expect(Math.min(...before)).toBeGreaterThanOrEqual(1)
    for (let i = 1; i <= 4; i++) look(readings, all, 1)
    expect(all.map(({ read }, i) => read - (before[i] as number))).toEqual([1, 1, 1, 1])
  })

  it('INS-14 that were not read are those of the last time; when it has ended, they are not read any more', () => {
    const readings = new Readings()
    const component = new Slow(1)
    const other = new Slow(1)
    look(readings, [component, other], 1)
    look(readings, [component, other], 1)
    const { read } = component
    expect(look(readings, [component, other], 1)[0]).toBe(component.read)
    readings.forget(component)
    readings.forget(other)
    readings.begin(Date.now())
    expect(component.read - read).toBeLessThanOrEqual(1)
  })

  it('INS-66 say when they were read: those of an earlier look are of its time', () => {
    const readings = new Readings()
    const all = Array.from({ length: 6 }, () => new Slow(3))
    let time = 1000
    const seen = new Map<Slow, Map<number | undefined, number>>(all.map((one) => [one, new Map()]))
    for (let i = 1; i <= 12; i++, time += 1000) {
      readings.begin(time)
      const ages = all.map((one) => {
        const { stats, readAt } = readings.of(one, i)
        const times = seen.get(one) as Map<number | undefined, number>
        // The same numbers are always of the same time.
        if (stats) expect(times.get(stats['read']) ?? readAt).toBe(readAt)
        times.set(stats?.['read'], readAt)
        return time - readAt
      })
      if (i > 6) expect(ages.some((age) => age > 0)).toBe(true)
      expect(ages).toContain(0)
    }
  })

  it('INS-74 of something elsewhere say when they were read there, but not a time to come', () => {
    const readings = new Readings()
    const now = Date.now()
    const component = Object.assign(new Slow(0), { statsReadAt: (now - 700) as unknown })
    const readAt = () => {
      readings.begin(now)
      return readings.of(component, 0).readAt
    }
    expect(readAt()).toBe(now - 700)
    component.statsReadAt = now + 700
    expect(readAt()).toBe(now)
    component.statsReadAt = 'now'
    expect(readAt()).toBe(now)
  })

  it('INS-74 that were read elsewhere are read when there is a new reading, also if that is costly', () => {
    const readings = new Readings()
    const all = Array.from({ length: 3 }, () => Object.assign(new Slow(1), { statsReadAt: 0 }))
    look(readings, all, 0)
    look(readings, all, 0)
    for (const component of all) {
      component.read = 0
      component.statsReadAt = 1
    }
    look(readings, all, 0)
    expect(all.every(({ read }) => read > 0)).toBe(true)
  })
})
