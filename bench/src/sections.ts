import { type Contender, compare, type Outcome, type Turns, times } from './compare.js'
import { openFlow } from './datagrams.js'
import { hasNative } from './has-native.js'
import { CARRIERS, type Carrier, openCarrier } from './hops.js'
import { limitsOf } from './limits.js'
import { type Load, MIXED_SIZES, plain } from './load.js'
import { openPingPong } from './ping-pong.js'
import { measure, type Numbers } from './worker.js'

/** How much is measured. */
export interface Scale {
  readonly repetitions: number
  readonly turns: Turns
  readonly turnMs: number
  readonly messages: number
  readonly rounds: number
  readonly paused: number
  readonly watchMs: number
}

/** For results that count: some minutes. */
export const FULL: Scale = {
  repetitions: 5,
  turns: { warmUp: 5, counted: 5 },
  turnMs: 250,
  messages: 100_000,
  rounds: 2000,
  paused: 100_000,
  watchMs: 3000,
}

/** To see that it works: some seconds. */
export const QUICK: Scale = {
  repetitions: 1,
  turns: { warmUp: 1, counted: 1 },
  turnMs: 20,
  messages: 10_000,
  rounds: 200,
  paused: 1000,
  watchMs: 100,
}

/** A number that udpng means to hold. */
export interface Hold {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
}

/** A column of a table. */
export interface Column {
  readonly key: string
  readonly head: string
  readonly digits: number
}

/** What one part of the benchmark came to. */
export interface Section {
  readonly title: string
  readonly columns: readonly Column[]
  readonly outcomes: readonly Outcome[]
  readonly holds: readonly Hold[]
}

type Run = (scale: Scale) => Promise<Section>

/** For what has processes of its own for each measurement. */
const once =
  (measure: () => Promise<Numbers>): Contender['open'] =>
  async () => ({ measure, close() {} })

/** Where messages go through three stages: one makes them, one doubles them, one adds them up. */
const hops: Run = async ({ repetitions, turns, turnMs, messages: count }) => {
  const contenders = (Object.keys(CARRIERS) as Carrier[]).map(
    (by): Contender => ({
      name: by,
      open: () => openCarrier({ by, count, turnMs }),
    }),
  )
  const outcomes = await compare(contenders, repetitions, turns)
  const key = 'messagesPerSecond'
  const value = times(
    outcomes,
    key,
    'components',
    'object streams',
    'object streams, highWaterMark 1024',
  )
  return {
    title: 'Messages through three stages, in one process',
    columns: [
      { key, head: 'messages/s', digits: 0 },
      { key: 'cpuSecondsPerMillion', head: 'CPU s per million', digits: 3 },
    ],
    outcomes,
    holds: [{ what: 'three stages against Node object streams', value, unit: 'x', atLeast: 4 }],
  }
}

/** Who sends and who receives. */
const FLOWS = [
  ['udpng on native', 'native', 'native'],
  ['udpng on node:dgram', 'dgram', 'dgram'],
  ['node:dgram', 'bare', 'bare'],
] as const
/** Who else can, with one destination. */
const MORE_FLOWS = [
  ['udpng on native to node:dgram', 'native', 'bare'],
  ['node:dgram to udpng on native', 'bare', 'native'],
  ['udpng on node:dgram to node:dgram', 'dgram', 'bare'],
  ['node:dgram to udpng on node:dgram', 'bare', 'dgram'],
  ['node:dgram, connected, to node:dgram', 'connected', 'bare'],
] as const

/** How many times a bare `node:dgram` loop each of the two transports has to do. */
interface Goals {
  readonly native: number
  readonly dgram?: number
}

/** Where datagrams go from one process to another, as fast as they can. */
const flows =
  (what: string, load: Load, goals: Goals): Run =>
  async ({ repetitions, turns, turnMs }) => {
    const one = load.destinations === 1 && load.sizes.length === 1
    const native = hasNative()
    const contenders = [...FLOWS, ...(one && load.sizes[0] === 64 ? MORE_FLOWS : [])]
      .filter(
        ([, sending, receiving]) => native || (sending !== 'native' && receiving !== 'native'),
      )
      .map(
        ([name, sending, receiving]): Contender => ({
          name,
          open: () => openFlow(sending, receiving, load, turnMs),
        }),
      )
    const limits = one ? limitsOf(load, turnMs) : []
    const outcomes = await compare([...contenders, ...limits], repetitions, turns)
    const key = 'deliveredPerSecond'
    const hold = (transport: string, atLeast: number): Hold => ({
      what: `${what}: udpng on ${transport} against node:dgram`,
      value: times(outcomes, key, `udpng on ${transport}`, 'node:dgram'),
      unit: 'x',
      atLeast,
    })
    return {
      title: `${what}, from one process to another`,
      columns: [
        { key, head: 'delivered/s', digits: 0 },
        { key: 'senderCpuSecondsPerMillion', head: 'CPU s per million sent', digits: 2 },
        { key: 'receiverCpuSecondsPerMillion', head: 'CPU s per million received', digits: 2 },
        { key: 'lossPercent', head: 'lost %', digits: 1 },
        { key: 'unaccounted', head: 'lost and not counted', digits: 0 },
      ],
      outcomes,
      holds: [
        ...(native ? [hold('native', goals.native)] : []),
        ...(goals.dgram === undefined ? [] : [hold('node:dgram', goals.dgram)]),
      ],
    }
  }

/** Where one datagram at a time goes to and fro. */
const latency: Run = async ({ repetitions, turns, rounds }) => {
  const native = hasNative()
  const contenders = [
    ...(native ? [{ name: 'udpng on native', open: () => openPingPong('native', rounds) }] : []),
    { name: 'udpng on node:dgram', open: () => openPingPong('dgram', rounds) },
    { name: 'node:dgram', open: () => openPingPong('bare', rounds) },
  ]
  const outcomes = await compare(contenders, repetitions, turns)
  return {
    title: 'There and back, 64 bytes',
    columns: [
      { key: 'p50', head: 'median, microseconds', digits: 0 },
      { key: 'p99', head: '99th percentile', digits: 0 },
    ],
    outcomes,
    holds: native
      ? [
          {
            what: 'there and back, the median: native against node:dgram',
            value: times(outcomes, 'p50', 'udpng on native', 'node:dgram'),
            unit: 'x',
            atMost: 1,
          },
        ]
      : [],
  }
}

/** Where nothing happens. */
const paused: Run = async ({ repetitions, paused: count, watchMs }) => {
  const name = `${count} components that wait`
  const contender = { name, open: once(() => measure('pause', { count, watchMs })) }
  const outcomes = await compare([contender], repetitions)
  const { bytesEach = Number.NaN, cpuPercent = Number.NaN } = outcomes[0]?.medians ?? {}
  return {
    title: 'Waiting',
    columns: [
      { key: 'bytesEach', head: 'bytes each', digits: 0 },
      { key: 'cpuPercent', head: 'CPU % of all together', digits: 2 },
    ],
    outcomes,
    holds: [
      { what: 'a paused component', value: bytesEach, unit: ' bytes', atMost: 2048 },
      { what: `CPU of ${count} paused components`, value: cpuPercent, unit: ' %', atMost: 1 },
    ],
  }
}

/** All that can be measured, by name. */
export const SECTIONS: Readonly<Record<string, Run>> = {
  hops,
  'flow-64': flows('Datagrams of 64 bytes', plain(64), { native: 15, dgram: 0.9 }),
  'flow-512': flows('Datagrams of 512 bytes', plain(512), { native: 8, dgram: 0.9 }),
  'flow-1200': flows('Datagrams of 1200 bytes', plain(1200), { native: 8, dgram: 0.9 }),
  mixed: flows(
    'Datagrams of 64 to 1200 bytes, to 16 addresses',
    { sizes: MIXED_SIZES, destinations: 16 },
    { native: 1.4 },
  ),
  'destinations-16': flows(
    'Datagrams of 64 bytes, to 16 addresses in turn',
    { sizes: [64], destinations: 16 },
    { native: 3 },
  ),
  'destinations-1000': flows(
    'Datagrams of 64 bytes, to 1000 addresses in turn',
    { sizes: [64], destinations: 1000 },
    { native: 1.3 },
  ),
  latency,
  paused,
}
