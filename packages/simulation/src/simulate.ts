import { setImmediate as turn } from 'node:timers/promises'
import { UdpngError } from '@udpng/core'
import { checkOptions, number, type Option, oneOf } from '@udpng/core/options'
import { formatAddress } from '@udpng/datagram'
import type { Host } from './host.js'
import { Network, type NetworkEvent, type NetworkStats } from './network.js'
import type { Packet } from './packet.js'
import { Random } from './random.js'
import { Trace } from './trace.js'
import { VirtualClock } from './virtual-clock.js'

/** Options of a simulation. */
export interface SimulateOptions {
  /** Deadline, milliseconds of virtual time (default: none; the run ends when no event is left). */
  readonly deadlineMs?: number
  /** The effect of an uncaught error of a component, see `Scheduler` (default `"stop"`: the simulation fails with it). */
  readonly onFailure?: 'stop' | 'isolate'
}

/** @internal */
export const SIMULATE_OPTIONS: {
  readonly deadlineMs: Option & { readonly default: number }
  readonly onFailure: Option & { readonly default: 'stop' }
} = {
  deadlineMs: {
    kind: number,
    unit: 'milliseconds',
    min: 0,
    max: Infinity,
    default: Infinity,
  },
  onFailure: {
    kind: oneOf,
    values: ['stop', 'isolate'],
    default: 'stop',
  },
}

/** The report of a simulation. */
export interface Report {
  /** The seed: the same seed and scenario give the same report. */
  readonly seed: bigint
  /** Duration, milliseconds of virtual time. */
  readonly elapsedMs: number
  /** Counters of all datagrams. */
  readonly stats: NetworkStats
  /** The trace, the last 10 000 lines: `time event from > to bytes`. */
  readonly trace: readonly string[]
  /** A digest of the whole trace (SHA-256): equal for equal runs. */
  readonly digest: string
}

/** The network of a simulation, and its time. */
export class SimulatedNetwork extends Network {
  declare readonly clock: VirtualClock
  /** Random numbers for the scenario, determined by the seed. */
  readonly random: Random
  readonly #trace: Trace

  /** @internal */
  constructor(seed: Random, clock: VirtualClock, trace: Trace, onFailure?: 'stop' | 'isolate') {
    super(
      seed.fork('network'),
      clock,
      (event, host, packet) => trace.add(lineOf(clock.now(), event, host, packet)),
      onFailure,
    )
    this.random = seed.fork('scenario')
    this.#trace = trace
  }

  /** Resolves after `ms` milliseconds of virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve))
  }

  /** Writes a line into the trace. */
  note(text: string): void {
    this.#trace.add(`${time(this.clock.now())} note ${text}`)
  }
}

/** Maximum number of turns of 5000 steps at one moment; then time advances anyway. */
const MAX_TURNS = 20
/** The time that then passes, milliseconds. */
const BUSY_MS = 5

/**
 * Runs a scenario in a simulated network, in virtual time. The seed determines all random decisions, so a run can be
 * repeated exactly on any machine.
 *
 * The scenario sets up hosts and starts components on them; it may wait with `net.sleep` and change conditions.
 * It must not wait for a real timer, file or socket. The run ends when the scenario has ended and no event is
 * left, or at the deadline; then all living components are stopped.
 *
 * @param seed - a whole number; its lowest 64 bits count
 * @returns a report with the counters and the trace
 * @throws {UdpngError} rejects with `SIMULATION_FAILED`, whose message has the seed and whose `cause` is the thrown
 *   value, if the scenario or a component fails, if a datagram is not accounted for, or if the scenario has not ended
 *   when no event is left or at the deadline; with `BAD_OPTION` for an unknown or invalid option
 * @example
 * const { stats } = await simulate(7, async (net) => {
 *   const [a, b] = [net.host('a', '10.0.0.1'), net.host('b', '10.0.0.2')]
 *   net.setConditions({ delayMs: 20, loss: 0.1 })
 *   b.activate(new UDPReceiver({ localPort: 1500, transport: b.transport }))
 *   a.activate(new Pipeline(new DataSource(['hello']), new UDPSender({ receiverAddr: '10.0.0.2', receiverPort: 1500, transport: a.transport })))
 * })
 */
export async function simulate(
  seed: bigint | number,
  scenario: (net: SimulatedNetwork) => void | Promise<void>,
  options?: SimulateOptions,
): Promise<Report> {
  const {
    deadlineMs = SIMULATE_OPTIONS.deadlineMs.default,
    onFailure = SIMULATE_OPTIONS.onFailure.default,
  } = checkOptions('simulate', SIMULATE_OPTIONS, options)
  const random = new Random(seed)
  const clock = new VirtualClock()
  const trace = new Trace()
  const net = new SimulatedNetwork(random, clock, trace, onFailure)
  const failures: unknown[] = []
  const running = new Set<Host>()
  const run = async (host: Host): Promise<void> => {
    running.add(host)
    try {
      await host.scheduler.run()
    } catch (failure) {
      failures.push(failure)
    }
    running.delete(host)
  }
  let isWaiting = true
  void (async () => scenario(net))().then(
    () => {
      isWaiting = false
    },
    (failure: unknown) => {
      isWaiting = false
      failures.push(failure)
    },
  )
  /** Until no component is awake at this moment; or, when one never sleeps, until others may be due. */
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < MAX_TURNS && failures.length === 0; turns++) {
      // Also after the turn: in it, a component may have been started where all had ended.
      for (const host of net.hosts) if (!running.has(host)) void run(host)
      if (turns > 0 && net.hosts.every(({ scheduler }) => scheduler.idle)) return
      await turn()
    }
  }
  for (;;) {
    await settle()
    if (failures.length > 0) break
    const isBusy = net.hosts.some(({ scheduler }) => !scheduler.idle)
    const next = isBusy ? clock.now() + BUSY_MS : clock.next
    if (next === undefined) break
    clock.advance(Math.min(next, deadlineMs))
    if (next > deadlineMs) break
  }
  for (const { scheduler } of net.hosts) scheduler.stop()
  await turn()
  if (failures.length === 0 && net.discrepancy !== undefined)
    failures.push(new Error(`the datagrams do not add up: ${net.discrepancy}`))
  if (failures.length === 0 && clock.next === undefined && net.stats.underway > 0)
    failures.push(new Error(`${net.stats.underway} datagrams are under way forever`))
  // Its checks did not run.
  if (failures.length === 0 && isWaiting)
    failures.push(
      new Error(
        clock.now() < deadlineMs
          ? 'the scenario waits for something that never happens'
          : `the scenario still went on at its deadline, after ${deadlineMs} ms`,
      ),
    )
  if (failures.length > 0) {
    const [cause] = failures
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UdpngError(
      'SIMULATION_FAILED',
      `the simulation with seed ${random.seed} failed: ${why}; simulate(${random.seed}n, ...) replays it`,
      { cause },
    )
  }
  return {
    seed: random.seed,
    elapsedMs: clock.now(),
    stats: structuredClone(net.stats),
    trace: trace.lines,
    digest: trace.digest,
  }
}

function lineOf(now: number, event: NetworkEvent, { name }: Host, packet: Packet): string {
  const { from, to, data } = packet
  return `${time(now)} ${name} ${event} ${formatAddress(from)} > ${formatAddress(to)} ${data.length} bytes`
}

function time(ms: number): string {
  return ms.toFixed(3)
}
