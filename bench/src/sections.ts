import { type Contender, compare, type Outcome, relate, type Turns, times } from './compare.js'
import { canCompile } from './compile.js'
import { openFlow, turnAtHalf } from './datagrams.js'
import { hasNative } from './has-native.js'
import { CARRIERS, type Carrier, openCarrier } from './hops.js'
import { limitsOf } from './limits.js'
import { apart, type Load, MIXED_SIZES, plain } from './load.js'
import { openMany } from './many-sockets.js'
import { canSeparate } from './namespaces.js'
import { openPingPong } from './ping-pong.js'
import { median } from './statistics.js'
import { openTrickle } from './trickle.js'
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
  readonly trickle: { readonly count: number; readonly everyMs: number }
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
  trickle: { count: 10, everyMs: 1000 },
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
  trickle: { count: 3, everyMs: 50 },
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
  /** What the chart calls it; undefined where it has no place there. */
  readonly label?: string
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

/** The sender and the receiver. */
const FLOWS = [
  ['udpng on native', 'native', 'native'],
  ['udpng on node:dgram', 'dgram', 'dgram'],
  ['node:dgram', 'bare', 'bare'],
] as const
/** The program of `node:dgram`, on `@udpng/dgram`. */
const UNCHANGED_FLOW = [['@udpng/dgram', 'unchanged', 'unchanged']] as const
/** What exact counts of the kernel's drops cost: the kernel then coalesces nothing. */
const EXACT_FLOW = [['udpng on native, exactDrops', 'native', 'native, exactDrops']] as const
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
  /** The same program on `@udpng/dgram`. */
  readonly unchanged?: number
}

/** Where datagrams go from one process to another, as fast as they can. */
const flows =
  (what: string, load: Load, goals: Goals): Run =>
  async ({ repetitions, turns, turnMs }) => {
    const one = load.destinations === 1 && load.sizes.length === 1 && !load.apart
    const native = hasNative()
    const contenders = [
      ...FLOWS,
      ...(one ? [...EXACT_FLOW, ...UNCHANGED_FLOW] : []),
      ...(one && load.sizes[0] === 64 ? MORE_FLOWS : []),
    ]
      .filter(
        ([, sending, receiving]) =>
          native || ![sending, receiving].some((by) => by === 'native' || by === 'unchanged'),
      )
      .map(
        ([name, sending, receiving]): Contender => ({
          name,
          open: () => openFlow(sending, receiving, load, turnMs),
        }),
      )
    const limits = one ? limitsOf(load, turnMs) : []
    const key = 'deliveredPerSecond'
    const measured = await compare([...contenders, ...limits], repetitions, turns)
    const outcomes = relate(measured, key, {
      timesBare: 'node:dgram',
      ...(limits.length > 0 ? { timesC: 'C, 64 at a time, GSO and GRO' } : {}),
    })
    const hold = (contender: string, atLeast: number | undefined): Hold[] =>
      atLeast === undefined
        ? []
        : [
            {
              what: `${what}: ${contender} against node:dgram`,
              value: times(outcomes, key, contender, 'node:dgram'),
              unit: 'x',
              atLeast,
            },
          ]
    return {
      title: `${what}, from one process to another`,
      label: what.replace('Datagrams of ', ''),
      columns: [
        { key, head: 'delivered/s', digits: 0 },
        { key: 'timesBare', head: 'times node:dgram', digits: 2 },
        ...(limits.length > 0 ? [{ key: 'timesC', head: 'times C', digits: 2 }] : []),
        { key: 'senderCpuSecondsPerMillion', head: 'CPU s per million sent', digits: 2 },
        { key: 'receiverCpuSecondsPerMillion', head: 'CPU s per million received', digits: 2 },
        { key: 'lossPercent', head: 'lost %', digits: 1 },
        { key: 'unaccounted', head: 'lost and not counted', digits: 0 },
      ],
      outcomes,
      holds: [
        ...(native ? hold('udpng on native', goals.native) : []),
        ...hold('udpng on node:dgram', goals.dgram),
        ...(native ? hold('@udpng/dgram', goals.unchanged) : []),
      ],
    }
  }

/** Where half as many are sent as can be delivered: then none is lost. */
const half: Run = async ({ repetitions, turns, turnMs }) => {
  const native = hasNative()
  const load = plain(64)
  const contenders = FLOWS.filter(([, by]) => native || by !== 'native').map(
    ([name, sending, receiving]): Contender => ({
      name,
      open: () => openFlow(sending, receiving, load, turnMs, turnAtHalf),
    }),
  )
  const outcomes = await compare(contenders, repetitions, turns)
  return {
    title: 'Datagrams of 64 bytes, half as many as can be delivered',
    columns: [
      { key: 'sentPerSecond', head: 'sent/s', digits: 0 },
      { key: 'lossPercent', head: 'lost %', digits: 3 },
    ],
    outcomes,
    holds: native
      ? [
          {
            what: 'lost at half of the peak: udpng on native',
            value: outcomes[0]?.medians['lossPercent'] ?? Number.NaN,
            unit: ' %',
            atMost: 0,
          },
        ]
      : [],
  }
}

const STAGES = 16

/** What the stages of a pipeline add to the cost of a datagram: the later ones no more than the first ones. */
const depth: Run = async ({ repetitions, turns, turnMs }) => {
  const by = hasNative() ? 'native' : 'dgram'
  const contenders = (
    [
      ['sent at once', by, 0],
      [`sent after ${STAGES / 2} stages`, by, STAGES / 2],
      [`sent after ${STAGES} stages`, by, STAGES],
      ['not sent', 'nothing', 0],
      [`not sent, ${STAGES} stages`, 'nothing', STAGES],
    ] as const
  ).map(
    ([name, sending, stages]): Contender => ({
      name,
      open: () => openFlow(sending, by, { ...plain(64), stages }, turnMs),
    }),
  )
  const outcomes = await compare(contenders, repetitions, turns)
  const key = 'senderCpuSecondsPerMillion'
  const [none = [], half = [], all = []] = outcomes.map((outcome) =>
    outcome.repetitions.map((numbers) => numbers[key] ?? Number.NaN),
  )
  const growth = none.map((cost, i) => {
    const middle = half[i] ?? Number.NaN
    return ((all[i] ?? Number.NaN) - middle) / (middle - cost)
  })
  return {
    title: `Through ${STAGES} stages before they are sent`,
    columns: [{ key, head: 'CPU s per million', digits: 3 }],
    outcomes,
    holds: [
      {
        what: `CPU of stages ${STAGES / 2 + 1} to ${STAGES} before a sender on ${by} against the first ${STAGES / 2}`,
        value: median(growth),
        unit: 'x',
        atMost: 1.25,
      },
    ],
  }
}

/** What a datagram costs while much else waits. */
const idle: Run = async ({ repetitions, turns, turnMs, paused: components }) => {
  const by = hasNative() ? 'native' : 'dgram'
  const sockets = components / 100
  const contenders = (
    [
      ['nothing', undefined],
      [`${sockets} sockets`, { sockets, components: 0 }],
      [`${components} components`, { sockets: 0, components }],
    ] as const
  ).map(
    ([name, idle]): Contender => ({
      name: `beside ${name}`,
      open: () => openFlow(by, by, { ...plain(64), ...(idle && { idle }) }, turnMs),
    }),
  )
  const outcomes = await compare(contenders, repetitions, turns)
  const key = 'receiverCpuSecondsPerMillion'
  return {
    title: 'Received while much else waits',
    columns: [{ key, head: 'CPU s per million received', digits: 3 }],
    outcomes,
    holds: contenders.slice(1).map(({ name }) => ({
      what: `${name}, CPU of the receiver on ${by}`,
      value: times(outcomes, key, name, 'beside nothing'),
      unit: 'x',
      atMost: 1.1,
    })),
  }
}

/** What it costs to be looked at: an inspector at either process, and a viewer that looks at both. */
const inspector: Run = async ({ repetitions, turns, turnMs }) => {
  const by = hasNative() ? 'native' : 'dgram'
  const contenders = (['no', 'yes', 'with a viewer'] as const).map(
    (inspected): Contender => ({
      name: `inspected: ${inspected}`,
      open: () => openFlow(by, by, { ...plain(64), inspected }, turnMs),
    }),
  )
  const outcomes = await compare(contenders, repetitions, turns)
  const key = 'deliveredPerSecond'
  return {
    title: 'Datagrams of 64 bytes, while an inspector looks on',
    columns: [
      { key, head: 'delivered/s', digits: 0 },
      { key: 'senderCpuSecondsPerMillion', head: 'CPU s per million sent', digits: 3 },
      { key: 'receiverCpuSecondsPerMillion', head: 'CPU s per million received', digits: 3 },
    ],
    outcomes,
    holds: contenders.slice(1).map(({ name }) => ({
      what: `${name}, delivered on ${by} against not`,
      value: times(outcomes, key, name, 'inspected: no'),
      unit: 'x',
      atLeast: 0.95,
    })),
  }
}

/** Where one datagram at a time goes to and fro. */
const latency: Run = async ({ repetitions, turns, rounds }) => {
  const native = hasNative()
  const contenders = [
    ...(native
      ? [
          { name: 'udpng on native', open: () => openPingPong('native', rounds) },
          { name: 'native, without components', open: () => openPingPong('transport', rounds) },
          { name: '@udpng/dgram', open: () => openPingPong('unchanged', rounds) },
        ]
      : []),
    { name: 'udpng on node:dgram', open: () => openPingPong('dgram', rounds) },
    { name: 'node:dgram', open: () => openPingPong('bare', rounds) },
  ]
  const outcomes = await compare(contenders, repetitions, turns)
  return {
    title: 'There and back, 64 bytes',
    label: 'there and back, one at a time',
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
          {
            what: 'there and back, the median: @udpng/dgram against node:dgram',
            value: times(outcomes, 'p50', '@udpng/dgram', 'node:dgram'),
            unit: 'x',
            atMost: 1.1,
          },
        ]
      : [],
  }
}

/** Where one datagram comes each second. */
const trickle: Run = async ({ repetitions, trickle: { count, everyMs } }) => {
  const names = [...(hasNative() ? ['@udpng/dgram'] : []), 'node:dgram']
  const contenders = names.map(
    (name): Contender => ({
      name,
      open: () => openTrickle(name === 'node:dgram' ? 'bare' : 'unchanged', count, everyMs),
    }),
  )
  const outcomes = await compare(contenders, repetitions, { warmUp: 1, counted: 1 })
  const key = 'cpuMicroseconds'
  return {
    title: 'One datagram per second',
    columns: [{ key, head: 'CPU of the receiver per datagram, microseconds', digits: 0 }],
    outcomes,
    holds: names.slice(1).map((other) => ({
      what: 'CPU at one datagram per second: @udpng/dgram against node:dgram',
      value: times(outcomes, key, '@udpng/dgram', other),
      unit: 'x',
      atMost: 1.1,
    })),
  }
}

/** Where datagrams come on many sockets, while other programs want the processor, too. */
const sockets =
  (count: number, rate: number, atLeast: number): Run =>
  async ({ repetitions, turns, turnMs }) => {
    const contenders = (
      [
        ['udpng on node:dgram', 'dgram'],
        ['node:dgram', 'bare'],
      ] as const
    ).map(
      ([name, by]): Contender => ({
        name,
        open: () => openMany({ by, sockets: count }, rate, 4 * turnMs),
      }),
    )
    const outcomes = await compare(contenders, repetitions, turns)
    const key = 'handledPercent'
    return {
      title: `${rate} datagrams a second on ${count} sockets, beside two programs that are always busy`,
      columns: [
        { key, head: 'handled when the sender stops, %', digits: 0 },
        { key: 'sentPerSecond', head: 'sent/s', digits: 0 },
        { key: 'cpuSecondsPerMillion', head: 'CPU s per million handled', digits: 1 },
      ],
      outcomes,
      holds: [
        {
          what: `handled on ${count} sockets: udpng on node:dgram against node:dgram`,
          value: times(outcomes, key, 'udpng on node:dgram', 'node:dgram'),
          unit: 'x',
          atLeast,
        },
      ],
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
  'flow-64': flows('Datagrams of 64 bytes', plain(64), { native: 15, dgram: 0.9, unchanged: 12 }),
  'flow-512': flows('Datagrams of 512 bytes', plain(512), { native: 8, dgram: 0.9 }),
  'flow-1200': flows('Datagrams of 1200 bytes', plain(1200), {
    native: 8,
    dgram: 0.9,
    unchanged: 4,
  }),
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
  ...(canSeparate()
    ? {
        'veth-64': flows('Datagrams of 64 bytes, between two namespaces', apart(64), { native: 8 }),
        'veth-1200': flows('Datagrams of 1200 bytes, between two namespaces', apart(1200), {
          native: 4,
        }),
      }
    : {}),
  half,
  ...(canCompile()
    ? { 'sockets-300': sockets(300, 50_000, 0.8), 'sockets-1000': sockets(1000, 100_000, 0.6) }
    : {}),
  depth,
  idle,
  inspector,
  latency,
  trickle,
  paused,
}
