import { describe, expect, it } from 'vitest'
import { type Conditions, Path, Random } from '../src/index.js'

const COUNT = 100_000
const data = Buffer.alloc(100, 0x55)

/** Sends `count`, one each millisecond; returns what arrived, with the time of sending. */
function send(conditions: Conditions, count = COUNT) {
  const path = new Path(new Random(1), conditions)
  const arrived: { sentAt: number; afterMs: number; data: Uint8Array }[] = []
  for (let sentAt = 0; sentAt < count; sentAt++)
    for (const passage of path.pass(data, sentAt)) arrived.push({ sentAt, ...passage })
  const { sent, passed, duplicated, lost } = path.stats
  expect(sent + duplicated).toBe(passed + lost.loss + lost.queueFull + lost.blocked)
  expect(passed).toBe(arrived.length)
  return { arrived, stats: path.stats }
}

/** Whether a count is what a probability says, within three standard deviations. */
function expectShare(count: number, probability: number, of = COUNT): void {
  const sigma = Math.sqrt(of * probability * (1 - probability))
  expect(Math.abs(count - of * probability)).toBeLessThan(3 * sigma)
}

describe('a path', () => {
  it('NET-08 without conditions passes everything at once, the very same', () => {
    const { arrived } = send({}, 100)
    for (const { afterMs, data: same } of arrived) expect([afterMs, same]).toEqual([0, data])
    expect(arrived.length).toBe(100)
  })

  it.each([0.01, 0.1, 0.5])('NET-08 loses a share of %d', (loss) => {
    expectShare(send({ loss }).stats.lost.loss, loss)
  })

  it('NET-08 loses in bursts: as many, and as long, as the model says', () => {
    const [enter, leave] = [0.02, 0.25]
    const { arrived, stats } = send({ loss: { enter, leave } })
    const share = enter / (enter + leave)
    // Neighbours are alike: the variance is larger by this factor.
    const factor = (2 - enter - leave) / (enter + leave)
    const sigma = Math.sqrt(COUNT * share * (1 - share) * factor)
    expect(Math.abs(stats.lost.loss - COUNT * share)).toBeLessThan(3 * sigma)
    const gaps: number[] = []
    for (const [i, { sentAt }] of arrived.entries()) {
      const gap = sentAt - (arrived[i - 1]?.sentAt ?? -1) - 1
      if (gap > 0) gaps.push(gap)
    }
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
    expect(mean).toBeGreaterThan((1 / leave) * 0.95)
    expect(mean).toBeLessThan((1 / leave) * 1.05)
  })

  it('NET-08 duplicates a share', () => {
    expectShare(send({ duplicate: 0.05 }).stats.duplicated, 0.05)
  })

  it('NET-08 delays evenly around the mean, or normally', () => {
    const moments = (conditions: Conditions) => {
      const delays = send(conditions).arrived.map(({ afterMs }) => afterMs)
      const mean = delays.reduce((a, b) => a + b, 0) / delays.length
      const variance = delays.reduce((a, b) => a + (b - mean) ** 2, 0) / delays.length
      return { mean, deviation: Math.sqrt(variance), least: Math.min(...delays.slice(0, 1e4)) }
    }
    const even = moments({ delayMs: 50, jitterMs: 20 })
    expect(Math.abs(even.mean - 50)).toBeLessThan((3 * 20) / Math.sqrt(3 * COUNT))
    expect(even.deviation).toBeCloseTo(20 / Math.sqrt(3), 0)
    expect(even.least).toBeGreaterThanOrEqual(30)
    const normal = moments({ delayMs: 50, jitterMs: 5, distribution: 'normal' })
    expect(Math.abs(normal.mean - 50)).toBeLessThan((3 * 5) / Math.sqrt(COUNT))
    expect(normal.deviation).toBeCloseTo(5, 0)
    // Nothing comes before it was sent.
    expect(moments({ delayMs: 1, jitterMs: 20 }).least).toBe(0)
  })

  it('NET-08 lets a share overtake', () => {
    const { arrived } = send({ delayMs: 10, reorder: 0.1 })
    expectShare(arrived.filter(({ afterMs }) => afterMs === 0).length, 0.1)
  })

  it('NET-08 turns one bit of a share, and cuts off the end of another', () => {
    const { arrived, stats } = send({ corrupt: 0.1 })
    const turned = arrived.map(({ data: got }) =>
      got.reduce((bits, byte) => bits + (byte ^ 0x55).toString(2).replaceAll('0', '').length, 0),
    )
    expectShare(stats.corrupted, 0.1)
    expect(turned.filter((bits) => bits === 1).length).toBe(stats.corrupted)
    expect(turned.every((bits) => bits <= 1)).toBe(true)
    const cut = send({ truncate: 0.1 })
    expectShare(cut.stats.truncated, 0.1)
    expect(cut.arrived.filter(({ data: got }) => got.length < 100).length).toBe(cut.stats.truncated)
    expect(data.every((byte) => byte === 0x55)).toBe(true)
  })

  it('NET-09 a rate makes a queue: what comes too fast waits, and what finds no room is lost', () => {
    const path = new Path(new Random(1), { rate: 128_000, queueBytes: 1280 }) // one of 128 bytes each 8 ms
    const passages = Array.from({ length: 20 }, () => path.pass(data, 0)).flat()
    expect(passages.map(({ afterMs }) => afterMs)).toEqual(
      Array.from({ length: 10 }, (_, i) => 8 * (i + 1)),
    )
    expect(path.stats.lost.queueFull).toBe(10)
    // Half of it is gone by then.
    expect(path.pass(data, 44)[0]?.afterMs).toBe(80 + 8 - 44)
    expect(path.pass(data, 1000)[0]?.afterMs).toBe(8)
  })

  it('NET-09 a longer datagram travels in pieces: one that is lost costs all of it', () => {
    const large = Buffer.alloc(1500 * 8 - 28)
    const path = new Path(new Random(1), { loss: 0.1 })
    for (let i = 0; i < COUNT; i++) path.pass(large, i)
    expectShare(path.stats.lost.loss, 1 - 0.9 ** 8)
  })

  it('NET-09 blocked, nothing passes; new conditions hold from then on', () => {
    const path = new Path(new Random(1), { blocked: true })
    expect(path.pass(data, 0)).toEqual([])
    path.conditions = {}
    expect(path.pass(data, 1)).toHaveLength(1)
    expect(path.stats).toMatchObject({ sent: 2, passed: 1, lost: { blocked: 1 } })
  })

  it.each([
    [{ loss: 1.1 }, 'loss is 1.1; it must be a number from 0 to 1'],
    [{ loss: { enter: 0.1 } }, 'loss is {"enter":0.1}; it must be'],
    [{ delayMs: -1 }, 'delayMs is -1; it must be a number of milliseconds >= 0'],
    [{ delayMs: Number.NaN }, 'delayMs is'],
    [{ rate: 0 }, 'rate is 0; it must be'],
    [{ mtu: 20 }, 'mtu is 20; it must be'],
    [{ distribution: 'even' }, 'distribution is "even"; it must be'],
    [{ blocked: 1 }, 'blocked is 1; it must be true or false'],
    [
      { lost: 0.1 },
      'cannot set the conditions of a path: unknown option "lost"; did you mean loss?',
    ],
  ])('NET-08 %o is refused', (conditions, message) => {
    expect(() => new Path(new Random(1), conditions as Conditions)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) }),
    )
  })
})
