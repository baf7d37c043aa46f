import { describe, expect, it } from 'vitest'
import { hashOfText, Loops } from '../../src/guard/loops.js'

const HOST = hashOfText('192.0.2.1')
const payload = (n: number): Buffer => Buffer.from(`payload ${n}`)

/** Datagrams that go round between a server and another one; how often until all are gone. */
function lapsOf(
  loops: Loops,
  datagrams: readonly Buffer[],
  lapMs: number,
  maxLaps: number,
): number {
  const underWay = datagrams.map((data, i) => ({ data, at: (i * lapMs) / datagrams.length }))
  let arrived = 0
  for (let next = underWay.shift(); next && arrived < maxLaps; next = underWay.shift()) {
    arrived++
    if (!loops.catches(HOST, 1500, next.data, next.at))
      underWay.push({ data: next.data, at: next.at + lapMs })
  }
  return arrived
}

/** How many of `count` datagrams are dropped. */
function dropped(count: number, catches: (i: number) => boolean): number {
  let drops = 0
  for (let i = 0; i < count; i++) if (catches(i)) drops++
  return drops
}

describe('Loops', () => {
  it.each([0.07, 1, 50, 900])(
    'GRD-06 a datagram that goes round in %d ms is gone after 250 ms or 32 laps',
    (lapMs) => {
      const most = Math.max(32, Math.ceil(250 / lapMs) + 1)
      expect(lapsOf(new Loops(), [payload(1)], lapMs, 1e6)).toBeLessThanOrEqual(most)
      expect(lapsOf(new Loops(), [Buffer.alloc(0)], lapMs, 1e6)).toBeLessThanOrEqual(most)
    },
  )

  it.each([2, 10, 50, 300])(
    'GRD-06 %d that go round together are gone in the end, equal or not, from several ports too',
    (k) => {
      const equal = Array.from({ length: k }, () => payload(1))
      const different = Array.from({ length: k }, (_, i) => payload(i))
      for (const lapMs of [1, 40]) {
        // Those that went round in the first 250 ms, then k drops.
        const early = ((250 * k) / lapMs / 32) ** (2 / 3)
        const most = 33 * (early + k + 2) ** 1.5
        expect(lapsOf(new Loops(), equal, lapMs, 1e7)).toBeLessThan(most)
        expect(lapsOf(new Loops(), different, lapMs, 1e7)).toBeLessThan(most)
      }
    },
  )

  it('GRD-06 among a flood of forged datagrams too', () => {
    const loops = new Loops()
    let round = 0
    for (let t = 0; t < 2000; t += 0.1) {
      // 100 000 others a second
      for (let i = 0; i < 10; i++) loops.catches(hashOfText(`${t} ${i}`), 1, payload(i), t)
      if (round >= 0 && loops.catches(HOST, 1500, payload(1), t)) round = -1
      else if (round >= 0) round++
    }
    expect(round).toBe(-1)
  })

  it('GRD-07 a burst of equal datagrams, and different ones, are not a loop: none is dropped', () => {
    const burst = new Loops()
    expect(dropped(100_000, (i) => burst.catches(HOST, 1500, payload(0), i / 500))).toBe(0)
    const loops = new Loops()
    expect(dropped(1_000_000, (i) => loops.catches(HOST, 1500, payload(i), i / 10))).toBe(0)
    const counted = Buffer.alloc(1200)
    const counts = (at: number) => (i: number) => {
      counted.writeUInt32BE(i, at)
      return loops.catches(HOST, 1500, counted, 2e6 + i)
    }
    expect(dropped(10_000, counts(0))).toBe(0)
    expect(dropped(10_000, counts(1196))).toBe(0)
  })

  it('GRD-07 a client that repeats itself once a second or less often loses none', () => {
    const loops = new Loops()
    expect(dropped(10_000, (i) => loops.catches(HOST, 1500, payload(0), i * 1001))).toBe(0)
  })

  it.each([
    [600, 100, 8],
    [100_000, 1, 250],
    [1_000_000, 0.01, 1000],
  ])(
    'GRD-07 of %d equal datagrams of a client, one in %d ms, at most %d are dropped',
    (count, ms, most) => {
      const loops = new Loops()
      const drops = dropped(count, (i) => loops.catches(HOST, 1500, payload(0), i * ms))
      expect(drops).toBeGreaterThan(0)
      expect(drops).toBeLessThanOrEqual(most)
    },
  )

  it('GRD-08 with newPortsOnly, only datagrams from a different port each time are a loop', () => {
    const loops = new Loops({ newPortsOnly: true })
    expect(dropped(100_000, (i) => loops.catches(HOST, 1500, payload(0), i))).toBe(0)
    expect(
      dropped(1000, (i) => loops.catches(HOST, 20_000 + i, payload(1), 200_000 + i)),
    ).toBeGreaterThan(5)
  })
})
