import { compare, type Outcome } from './compare.js'
import { flow } from './datagrams.js'
import { CARRIERS } from './hops.js'
import { pingPong } from './ping-pong.js'
import { measure } from './worker.js'

/** How much is measured. */
export interface Scale {
  readonly repetitions: number
  readonly messages: number
  readonly flowMs: number
  readonly rounds: number
  readonly paused: number
  readonly watchMs: number
}

/** For results that count: some minutes. */
export const FULL: Scale = {
  repetitions: 7,
  messages: 2_000_000,
  flowMs: 1000,
  rounds: 20_000,
  paused: 100_000,
  watchMs: 3000,
}

/** To see that it works: some seconds. */
export const QUICK: Scale = {
  repetitions: 1,
  messages: 20_000,
  flowMs: 50,
  rounds: 200,
  paused: 1000,
  watchMs: 100,
}

/** A number that udpng means to hold. */
export interface Hold {
  readonly what: string
  readonly value: number
  readonly atLeast?: number
  readonly atMost?: number
}

/** What one part of the benchmark came to. */
export interface Section {
  readonly title: string
  readonly outcomes: readonly Outcome[]
  readonly holds: readonly Hold[]
}

/** One way of the datagrams: who sends and who receives. */
const FLOWS = [
  ['bare', 'bare', 'node:dgram to node:dgram'],
  ['udpng', 'udpng', 'udpng to udpng'],
  ['udpng', 'bare', 'udpng to node:dgram'],
  ['bare', 'udpng', 'node:dgram to udpng'],
] as const

const SIZES = [64, 512, 1200]

function number(outcomes: readonly Outcome[], name: string, key: string): number {
  return outcomes.find((outcome) => outcome.name === name)?.medians[key] ?? Number.NaN
}

async function hops({ repetitions, messages }: Scale): Promise<Section> {
  const outcomes = await compare(
    Object.keys(CARRIERS).map((by) => ({
      name: by,
      measure: () => measure('carry', { by, count: messages }),
    })),
    repetitions,
  )
  const rate = (name: string): number => number(outcomes, name, 'messagesPerSecond')
  // The better of the two ways to use streams.
  const streams = Math.max(rate('object streams'), rate('object streams, highWaterMark 1024'))
  return {
    title: 'Messages through three stages',
    outcomes,
    holds: [
      {
        what: 'three stages, times Node object streams',
        value: rate('udpng, its own parts') / streams,
        atLeast: 4,
      },
    ],
  }
}
