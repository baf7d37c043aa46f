import { describe, expect, it, vi } from 'vitest'
import { type ExploreOptions, explore, type FaultKind, replay } from '../src/explore.js'
import type { Conditions, SimulatedNetwork } from '../src/index.js'

const CONDITIONS: Readonly<Record<FaultKind, Conditions>> = {
  blocked: { blocked: true },
  lossy: { loss: 0.3 },
  'lossy in bursts': { loss: { enter: 0.05, leave: 0.2 } },
  slow: { delayMs: 500, jitterMs: 200 },
  duplicating: { duplicate: 0.5 },
  reordering: { delayMs: 20, reorder: 0.3 },
  corrupting: { corrupt: 0.1 },
  truncating: { truncate: 0.1 },
  throttled: { rate: 64_000, queueBytes: 2000 },
}

/** A fault as a run of `explore` met it. */
interface Met {
  readonly atMs: number
  readonly from: number
  readonly bothWays: boolean
  readonly to: number
  readonly kind: string
  readonly lastsMs: number
}

/** The faults of each run, on hosts of which there are more than faults distinguish. */
async function runsOf(options: ExploreOptions): Promise<Met[][]> {
  const runs: Met[][] = []
  await explore(async (net) => {
    const met: Met[] = []
    runs.push(met)
    for (let i = 0; i < 20; i++) net.host(`${i}`, `10.0.0.${i + 1}`)
    vi.spyOn(net, 'note').mockImplementation((line) => {
      const [, from, arrow, to, kind = '', lasts] =
        /^(\d+) (<?>) (\d+) (.+) for (\d+) ms$/.exec(line) ?? []
      met.push({
        atMs: net.clock.now(),
        from: Number(from),
        bothWays: arrow === '<>',
        to: Number(to),
        kind,
        lastsMs: Number(lasts),
      })
    })
    await net.sleep(20)
  }, options)
  return runs
}

const extremes = (numbers: number[]) => [Math.min(...numbers), Math.max(...numbers)]

describe('NET-11 the runs of explore', () => {
  it('have faults of every kind, at every time, between all pairs of hosts', async () => {
    const runs = await runsOf({ runs: 500, spanMs: 9, maxFaults: 3 })
    const all = runs.flat()
    expect(extremes(runs.map(({ length }) => length))).toEqual([0, 3])
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(Object.keys(CONDITIONS)))
    expect(extremes(all.map(({ atMs }) => atMs))).toEqual([0, 9])
    expect(extremes(all.map(({ lastsMs }) => lastsMs))).toEqual([1, 9])
    expect(extremes(all.map(({ from }) => from))).toEqual([0, 7])
    expect(extremes(all.map(({ from, to }) => to - from))).toEqual([1, 7])
    expect(new Set(all.map(({ bothWays }) => bothWays)).size).toBe(2)
  })

  it('are 100 by default, with at most 5 faults within 10 s', async () => {
    let ran = 0
    await explore(() => void ran++)
    expect(ran).toBe(100)
    const met: number[] = []
    await explore(async (net) => {
      for (let i = 0; i < 8; i++) net.host(`${i}`, `10.0.0.${i + 1}`)
      let faults = 0
      vi.spyOn(net, 'note').mockImplementation(() => void faults++)
      await net.sleep(10_000)
      met.push(faults)
    })
    expect(Math.max(...met)).toBe(5)
  })

  it('are the same with the same seed, which is 0 by default', async () => {
    const options = { runs: 20, spanMs: 9 }
    const runs = await runsOf(options)
    expect(await runsOf({ ...options, seed: 0 })).toEqual(runs)
    expect(await runsOf({ ...options, seed: 1 })).not.toEqual(runs)
  })

  it('have only the requested kinds of faults, and none with maxFaults 0', async () => {
    const runs = await runsOf({ runs: 50, spanMs: 9, kinds: ['slow', 'lossy'] })
    expect(new Set(runs.flat().map(({ kind }) => kind))).toEqual(new Set(['slow', 'lossy']))
    expect((await runsOf({ runs: 20, maxFaults: 0 })).flat()).toEqual([])
  })

  it('have different random numbers', async () => {
    const drawn = new Set<number>()
    await explore((net) => void drawn.add(net.random.bits()), { runs: 20 })
    expect(drawn.size).toBe(20)
  })

  it.each<[string, unknown]>([
    ['runs is 0', { runs: 0 }],
    ['seed is 1.5', { seed: 1.5 }],
    ['spanMs is 0', { spanMs: 0 }],
    ['maxFaults is -1', { maxFaults: -1 }],
    ['kinds is []; it must be a list of one kind of fault or more, such as "lossy"', { kinds: [] }],
    ['kinds is ["lossy","odd"]', { kinds: ['lossy', 'odd'] }],
    ['kinds is "lossy"', { kinds: 'lossy' }],
    ['cannot explore: unknown option "run"; did you mean runs?', { run: 1 }],
  ])('are refused with an invalid option: %s', async (message, options) => {
    await expect(explore(() => {}, options as ExploreOptions)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(message),
    })
  })
})

describe('NET-11 a failure', () => {
  it('that needs no fault is reported without faults', async () => {
    let ran = 0
    const boom = new Error('boom')
    const failure = explore(
      () => {
        ran++
        throw boom
      },
      { runs: 7 },
    )
    await expect(failure).rejects.toMatchObject({
      code: 'SIMULATION_FAILED',
      message: expect.stringMatching(
        /^after 1 runs and \d+ attempts to shrink it: .*boom[\s\S]*\nthe smallest failing case: seed \d+, no faults\nreplay\(scenario, \{ seed: \d+n, faults: \[\] \}\)$/,
      ),
      cause: expect.objectContaining({ cause: boom }),
    })
    expect(ran).toBeGreaterThan(0)
  })

  it('that needs several faults is reported with these faults and the names of the hosts', async () => {
    const failure = explore(
      async (net) => {
        net.host('left', '10.0.0.1')
        net.host('right', '10.0.0.2')
        const kinds = new Set<string>()
        vi.spyOn(net, 'note').mockImplementation((line) => {
          for (const kind of ['slow', 'lossy']) if (line.includes(kind)) kinds.add(kind)
        })
        await net.sleep(20)
        if (kinds.size === 2) throw new Error('both')
      },
      { runs: 200, spanMs: 9, kinds: ['slow', 'lossy', 'blocked'] },
    )
    const { message } = (await failure.catch((error: unknown) => error)) as Error
    const lines = message.split('\n').filter((line) => line.startsWith('  at '))
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toMatch(
        /^ {2}at \d ms, for \d ms: (left|right) (to|and) (left|right) (slow|lossy)$/,
      )
    const [, code = ''] = /faults: (\[.*\]) \}\)$/.exec(message) ?? []
    expect(JSON.parse(code)).toHaveLength(2)
  })
})

describe('NET-11 a fault', () => {
  const NAMES = ['a', 'b', 'c']

  /** The conditions of all paths that have some, while a fault lasts and afterwards. */
  async function during(fault: Parameters<typeof replay>[1]['faults'][number], hosts = NAMES) {
    const seen: Record<string, Conditions>[] = []
    const look = (net: SimulatedNetwork): void => {
      const ill: Record<string, Conditions> = {}
      for (const from of net.hosts)
        for (const to of net.hosts) {
          const { conditions } = net.path(from, to)
          if (Object.keys(conditions).length > 0) ill[`${from.name}${to.name}`] = conditions
        }
      seen.push(ill)
    }
    const run = async (net: SimulatedNetwork): Promise<void> => {
      for (const [i, name] of hosts.entries()) net.host(name, `10.0.0.${i + 1}`)
      for (const pause of [5, 10, 10]) {
        await net.sleep(pause)
        look(net)
      }
    }
    await replay(run, { seed: 1n, faults: [fault] })
    return seen
  }

  const fault = { atMs: 10, lastsMs: 10, from: 0, to: 1, bothWays: false } as const

  it.each(Object.keys(CONDITIONS) as FaultKind[])(
    'makes a path %s for its duration',
    async (kind) => {
      expect(await during({ ...fault, kind })).toEqual([{}, { ab: CONDITIONS[kind] }, {}])
    },
  )

  it('can affect both directions; host numbers wrap around', async () => {
    const { blocked } = CONDITIONS
    const both = { ...fault, kind: 'blocked', bothWays: true } as const
    expect((await during(both))[1]).toEqual({ ab: blocked, ba: blocked })
    expect((await during({ ...both, from: 4, to: 5, bothWays: false }))[1]).toEqual({ bc: blocked })
  })

  it('between a host and itself, or without hosts, has no effect', async () => {
    const kind = 'blocked'
    expect(await during({ ...fault, kind, from: 1, to: 4 })).toEqual([{}, {}, {}])
    expect(await during({ ...fault, kind }, ['a'])).toEqual([{}, {}, {}])
    expect(await during({ ...fault, kind }, [])).toEqual([{}, {}, {}])
  })
})
