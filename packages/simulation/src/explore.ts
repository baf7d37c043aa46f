import { UdpngError } from '@udpng/core'
import { checkOptions, type OptionTable, whole } from '@udpng/core/options'
import fc from 'fast-check'
import type { Conditions } from './conditions.js'
import type { Path } from './path.js'
import {
  SIMULATE_OPTIONS,
  type SimulatedNetwork,
  type SimulateOptions,
  simulate,
} from './simulate.js'

/** The kinds of faults of a path. */
export type FaultKind =
  | 'blocked'
  | 'lossy'
  | 'lossy in bursts'
  | 'slow'
  | 'duplicating'
  | 'reordering'
  | 'corrupting'
  | 'truncating'
  | 'throttled'

const FAULTS: Readonly<Record<FaultKind, Conditions>> = {
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

/** A fault of a path, in one direction or both, for a limited time. */
export interface Fault {
  readonly kind: FaultKind
  /** Time of its beginning, milliseconds. */
  readonly atMs: number
  readonly lastsMs: number
  /** Number of the host, in the order in which hosts were added, modulo the number of hosts. */
  readonly from: number
  readonly to: number
  /** Whether it applies to the other direction too: a partition, for example, instead of a clog. */
  readonly bothWays: boolean
}

/** The seed and the faults of a run, which determine it. */
export interface Story {
  readonly seed: bigint
  readonly faults: readonly Fault[]
}

/** Maximum number of hosts that faults distinguish. */
const MAX_HOSTS = 8

/** Options of `explore`. */
export interface ExploreOptions extends SimulateOptions {
  /** Number of runs (default 100). */
  readonly runs?: number
  /** The seed of all runs (default 0): the same seed gives the same runs. */
  readonly seed?: number
  /** Latest beginning, and maximum duration, of a fault, milliseconds (default 10 000). */
  readonly spanMs?: number
  /** Maximum number of faults in a run (default 5). */
  readonly maxFaults?: number
  /** The kinds of faults (default: all). */
  readonly kinds?: readonly FaultKind[]
}

const OPTIONS = {
  runs: { kind: whole, min: 1, default: 100 },
  seed: {
    kind: {
      accepts: (value) => Number.isSafeInteger(value),
      must: () => 'a whole number',
    },
    default: 0,
  },
  spanMs: {
    kind: whole,
    unit: 'milliseconds',
    min: 1,
    max: 0x7fffffff,
    default: 10_000,
  },
  maxFaults: { kind: whole, min: 0, default: 5 },
  kinds: {
    kind: {
      accepts: (value) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((kind) => Object.hasOwn(FAULTS, kind)),
      must: () => 'a list of one kind of fault or more, such as "lossy"',
    },
  },
} as const satisfies OptionTable<Omit<ExploreOptions, keyof SimulateOptions>>

/** A function that sets up hosts and programs, and throws if a result is wrong. */
export type Scenario = (net: SimulatedNetwork) => void | Promise<void>

/**
 * Runs a scenario many times, each with another seed and other faults of the network, until it fails. Then it searches for the
 * shortest story that still fails, by leaving out faults and shortening them.
 *
 * @throws {UdpngError} rejects with `SIMULATION_FAILED`, whose message has the faults and how to replay them, and whose `cause` is
 *   the thrown value; with `BAD_OPTION` for an unknown or invalid option
 */
export async function explore(scenario: Scenario, options?: ExploreOptions): Promise<void> {
  const {
    runs = OPTIONS.runs.default,
    seed = OPTIONS.seed.default,
    spanMs = OPTIONS.spanMs.default,
    maxFaults = OPTIONS.maxFaults.default,
    kinds = Object.keys(FAULTS) as FaultKind[],
    ...simulation
  } = checkOptions('explore', { ...OPTIONS, ...SIMULATE_OPTIONS }, options)
  const fault = fc
    .record({
      kind: fc.constantFrom(...kinds),
      atMs: fc.nat(spanMs),
      lastsMs: fc.integer({ min: 1, max: spanMs }),
      from: fc.nat(MAX_HOSTS - 1),
      distance: fc.integer({ min: 1, max: MAX_HOSTS - 1 }),
      bothWays: fc.boolean(),
    })
    .map(({ distance, ...fault }): Fault => ({ ...fault, to: fault.from + distance }))
  const story = fc.record({
    seed: fc.noShrink(fc.bigInt(0n, (1n << 64n) - 1n)),
    faults: fc.array(fault, { maxLength: maxFaults }),
  })
  let hosts: SimulatedNetwork['hosts'] = []
  const noted: Scenario = (net) => {
    hosts = net.hosts
    return scenario(net)
  }
  const result = await fc.check(
    fc.asyncProperty(story, (story) => replay(noted, story, simulation)),
    { numRuns: runs, seed },
  )
  if (!result.failed) return
  const [shortest] = result.counterexample ?? []
  const cause = result.errorInstance
  const tried = `${result.numRuns} runs and ${result.numShrinks} attempts to shrink it`
  throw new UdpngError(
    'SIMULATION_FAILED',
    `after ${tried}: ${cause instanceof Error ? cause.message : String(cause)}\n${shortest ? describe(shortest, hosts) : ''}`,
    { cause },
  )
}

/**
 * Runs a scenario once, with the faults of a story.
 *
 * @throws {UdpngError} rejects with `SIMULATION_FAILED`, as `simulate` does
 */
export async function replay(
  scenario: Scenario,
  { seed, faults }: Story,
  options?: SimulateOptions,
): Promise<void> {
  await simulate(
    seed,
    (net) => {
      schedule(net, faults)
      return scenario(net)
    },
    options,
  )
}

/** Current faults of a path, and its own conditions. */
interface Ill {
  readonly own: Conditions
  readonly faults: Conditions[]
}

/** Schedules the faults. The end of a fault undoes conditions that the scenario sets on that path meanwhile. */
function schedule(net: SimulatedNetwork, faults: readonly Fault[]): void {
  const ill = new Map<Path, Ill>()
  const change = (path: Path, fault: Conditions, begins: boolean): void => {
    const { own, faults } = ill.get(path) ?? { own: path.conditions, faults: [] }
    if (begins) faults.push(fault)
    else faults.splice(faults.indexOf(fault), 1)
    path.conditions = Object.assign({}, own, ...faults)
    if (faults.length > 0) ill.set(path, { own, faults })
    else ill.delete(path)
  }
  for (const { kind, atMs, lastsMs, from, to, bothWays } of faults)
    net.clock.after(atMs, () => {
      const { hosts } = net
      const [a, b] = [hosts[from % hosts.length], hosts[to % hosts.length]]
      if (!a || !b || a === b) return
      const paths = [net.path(a, b), ...(bothWays ? [net.path(b, a)] : [])]
      net.note(`${a.name} ${bothWays ? '<>' : '>'} ${b.name} ${kind} for ${lastsMs} ms`)
      for (const path of paths) change(path, FAULTS[kind], true)
      net.clock.after(lastsMs, () => {
        for (const path of paths) change(path, FAULTS[kind], false)
      })
    })
}

/** A story in words, and in code. */
function describe({ seed, faults }: Story, hosts: SimulatedNetwork['hosts']): string {
  const name = (number: number): string => hosts[number % hosts.length]?.name ?? `host ${number}`
  const lines = faults.map(
    ({ kind, atMs, lastsMs, from, to, bothWays }) =>
      `  at ${atMs} ms, for ${lastsMs} ms: ${name(from)} ${bothWays ? 'and' : 'to'} ${name(to)} ${kind}`,
  )
  const code = faults.map((fault) => JSON.stringify(fault)).join(', ')
  return [
    `the smallest failing case: seed ${seed}, ${faults.length === 0 ? 'no faults' : 'and'}`,
    ...lines,
    `replay(scenario, { seed: ${seed}n, faults: [${code}] })`,
  ].join('\n')
}
