import { Component, type Main } from '@udpng/core'
import { describe, expect, it } from 'vitest'
import { Readings } from '../src/readings.js'

/** Whose numbers take so many milliseconds to read. */
class Slow extends Component {
  read = 0
  readonly #ms: number

  constructor(ms: number) {
    super()
    this.#ms = ms
  }

  get stats(): object {
    const end = performance.now() + this.#ms
    while (performance.now() < end);
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
  readings.begin()
  return components.map((component) => readings.of(component, passed)?.['read'])
}

describe('numbers', () => {
  it('INS-14 that are cheap to read are read at each look', () => {
    const readings = new Readings()
    const component = new Slow(0)
    readings.read(component, 0) // what is compiled meanwhile takes its time
    for (let i = 0; i < 100; i++) look(readings, [component], 0)
    expect(component.read).toBeGreaterThan(50)
  })

  it('INS-14 that are costly are read within a budget, whoever was left out is first the next time', () => {
    const readings = new Readings()
    const all = Array.from({ length: 20 }, () => new Slow(2))
    const counts = (): number[] => all.map(({ read }) => read)
    const sum = (): number => counts().reduce((a, b) => a + b)
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

  it('INS-14 that were not read are those of the last time; when it has ended, nobody asks any more', () => {
    const readings = new Readings()
    const component = new Slow(1)
    const other = new Slow(1)
    look(readings, [component, other], 1)
    look(readings, [component, other], 1)
    const { read } = component
    expect(look(readings, [component, other], 1)[0]).toBe(component.read)
    readings.forget(component)
    readings.forget(other)
    readings.begin()
    expect(component.read - read).toBeLessThanOrEqual(1)
  })
})
