import { describe, expect, it, vi } from 'vitest'
import { type Conditions, Path, Random } from '../src/index.js'

const data = Buffer.alloc(100, 0x55)

/** What arrives of this many, sent one after the other at time 0: after how long each. */
function afterMs(conditions: Conditions, count = 1): (number | 'lost')[] {
  const path = new Path(new Random(1), conditions)
  return Array.from({ length: count }, () => path.pass(data, 0)[0]?.afterMs ?? 'lost')
}

/** The same, where each random fraction is this one. */
function drawing(fraction: number, conditions: Conditions) {
  const random = new Random(1)
  vi.spyOn(random, 'fraction').mockReturnValue(fraction)
  vi.spyOn(random, 'normal').mockReturnValue(fraction)
  const path = new Path(random, conditions)
  return { path, arrived: path.pass(data, 0)[0] }
}

describe('NET-08 the conditions of a path', () => {
  it.each<[Conditions, (number | 'lost')[]]>([
    [{}, [0, 0, 0]],
    [{ delayMs: 7 }, [7, 7, 7]],
    [{ delayMs: 7, reorder: 1 }, [0, 0, 0]],
    [{ delayMs: 7, jitterMs: 5, reorder: 1 }, [0, 0, 0]],
    [{ loss: 1 }, ['lost', 'lost', 'lost']],
    [{ loss: 0 }, [0, 0, 0]],
    [{ loss: { enter: 1, leave: 0 } }, ['lost', 'lost', 'lost']],
    [{ loss: { enter: 0, leave: 1 } }, [0, 0, 0]],
    [{ loss: { enter: 1, leave: 1 } }, ['lost', 0, 'lost']],
    [{ loss: { enter: 1, leave: 1, bad: 0, good: 1 } }, [0, 'lost', 0]],
    [{ loss: { enter: 0, leave: 0, good: 1 } }, ['lost', 'lost', 'lost']],
    [{ blocked: true }, ['lost', 'lost', 'lost']],
    [{ blocked: false }, [0, 0, 0]],
  ])('%o are applied exactly where their probabilities are 0 or 1', (conditions, expected) => {
    expect(afterMs(conditions, 3)).toEqual(expected)
  })

  it('jitter is uniform from -jitterMs to jitterMs, or normal with this standard deviation; no delay is negative', () => {
    const jitter = { delayMs: 50, jitterMs: 20 } as const
    for (const [fraction, conditions, expected] of [
      [0, jitter, 30],
      [0.25, jitter, 40],
      [0.5, jitter, 50],
      [0.75, { ...jitter, distribution: 'uniform' }, 60],
      [0.75, { ...jitter, distribution: 'normal' }, 65],
      [-1, { ...jitter, distribution: 'normal' }, 30],
      [0, { delayMs: 5, jitterMs: 20 }, 0],
    ] as const)
      expect(drawing(fraction, conditions).arrived?.afterMs).toBe(expected)
  })

  it('corrupt flips one bit, any bit, in a copy of the data', () => {
    for (const [fraction, byte, value] of [
      [0, 0, 0x54],
      [0.5, 50, 0x54],
      [0.99, 99, 0x55 ^ 1],
      [0.999, 99, 0x55 ^ 0x80],
    ] as const) {
      const { path, arrived } = drawing(fraction, { corrupt: 1 })
      const expected = Buffer.from(data)
      expected[byte] = value
      expect(Buffer.from(arrived?.data ?? [])).toEqual(expected)
      expect(path.stats).toMatchObject({ corrupted: 1, truncated: 0, passed: 1 })
    }
    expect(data).toEqual(Buffer.alloc(100, 0x55))
  })

  it('truncate removes at least one byte at the end', () => {
    for (const [fraction, length] of [
      [0, 0],
      [0.5, 50],
      [0.999, 99],
    ] as const) {
      const { path, arrived } = drawing(fraction, { truncate: 1 })
      expect(arrived?.data.length).toBe(length)
      expect(path.stats).toMatchObject({ corrupted: 0, truncated: 1, passed: 1 })
    }
  })

  it('a datagram can be corrupted and truncated; an empty one is neither', () => {
    const { path, arrived } = drawing(0.5, { corrupt: 1, truncate: 1 })
    expect([arrived?.data.length, path.stats.corrupted, path.stats.truncated]).toEqual([50, 1, 1])
    const [empty] = path.pass(Buffer.alloc(0), 0)
    expect(empty?.data.length).toBe(0)
    expect(path.stats).toMatchObject({ corrupted: 1, truncated: 1, passed: 2 })
  })

  it('a duplicate has its own memory and its own room in the queue; the original is passed on unchanged', () => {
    const path = new Path(new Random(1), { duplicate: 1, rate: 128_000, queueBytes: 256 })
    const [first, second, ...more] = path.pass(data, 0)
    expect(first?.data).toBe(data)
    expect(second?.data).toEqual(new Uint8Array(data))
    expect(second?.data.buffer).not.toBe(data.buffer)
    expect([first?.afterMs, second?.afterMs, more]).toEqual([8, 16, []])
    expect(path.pass(data, 0)).toHaveLength(0)
    expect(path.stats).toMatchObject({ sent: 2, duplicated: 2, passed: 2, lost: { queueFull: 2 } })
  })
})

describe('NET-09 fragments and the queue of a path', () => {
  it.each([
    [0, 1500, 1],
    [1472, 1500, 1],
    [1473, 1500, 2],
    [2972, 1500, 2],
    [2973, 1500, 3],
    [40, 68, 1],
    [41, 68, 2],
  ])(
    '%i bytes with an mtu of %i are %i fragments, each of which can be lost',
    (size, mtu, pieces) => {
      const random = new Random(1)
      const chance = vi.spyOn(random, 'chance').mockReturnValue(false)
      const path = new Path(random, { mtu, loss: 0.25 })
      path.pass(Buffer.alloc(size), 0)
      expect(chance.mock.calls.filter(([probability]) => probability === 0.25)).toHaveLength(pieces)
    },
  )

  it('the default mtu is 1500 bytes, and the default queue 262 144', () => {
    const random = new Random(1)
    const chance = vi.spyOn(random, 'chance').mockReturnValue(false)
    new Path(random, { loss: 0.25 }).pass(Buffer.alloc(1473), 0)
    expect(chance.mock.calls.filter(([probability]) => probability === 0.25)).toHaveLength(2)
    const path = new Path(new Random(1), { rate: 1000 })
    const large = Buffer.alloc(1024 - 28)
    for (let i = 0; i < 300; i++) path.pass(large, 0)
    expect(path.stats.passed).toBe(256)
  })

  it('a datagram longer than the queue passes if the queue is empty', () => {
    const path = new Path(new Random(1), { rate: 128_000, queueBytes: 10 })
    expect(path.pass(data, 0)[0]?.afterMs).toBe(8)
    expect(path.pass(data, 7)).toEqual([])
    expect(path.pass(data, 8)[0]?.afterMs).toBe(8)
  })

  it('the rate comes before the delay', () => {
    expect(afterMs({ rate: 128_000, delayMs: 100 }, 2)).toEqual([108, 116])
  })
})

describe('NET-08 a loss', () => {
  it.each([0, 1, 0.5, { enter: 0, leave: 1 }, { enter: 1, leave: 0, bad: 0, good: 1 }])(
    'may be %o',
    (loss) => {
      expect(new Path(new Random(1), { loss }).conditions).toEqual({ loss })
    },
  )

  it.each<unknown>([
    -0.1,
    1.1,
    Number.NaN,
    '0.5',
    null,
    true,
    [0.5],
    () => 0.5,
    {},
    { enter: 0.5 },
    { leave: 0.5 },
    { enter: 2, leave: 0.5 },
    { enter: 0.5, leave: -1 },
    { enter: 0.5, leave: '1' },
    { enter: 0.5, leave: 0.5, bad: 2 },
    { enter: 0.5, leave: 0.5, good: -1 },
    { enter: 0.5, leave: 0.5, god: 1 },
  ])('is refused as %o', (loss) => {
    expect(() => new Path(new Random(1), { loss } as Conditions)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: expect.stringContaining(
          'it must be a number from 0 to 1, or { enter, leave, bad, good } of such numbers',
        ),
      }),
    )
  })
})
