import { parseArgs } from 'node:util'
import type { Conditions } from '@udpng/simulation'
import { type Endpoint, parseEndpoint, UdpngError } from 'udpng'

/** The arguments of the program. */
export interface Arguments {
  readonly listen: Endpoint
  readonly to: Endpoint
  readonly seed: bigint
  readonly conditions: Conditions
}

const OPTIONS = {
  listen: { type: 'string' },
  to: { type: 'string' },
  delay: { type: 'string' },
  jitter: { type: 'string' },
  loss: { type: 'string' },
  duplicate: { type: 'string' },
  reorder: { type: 'string' },
  corrupt: { type: 'string' },
  rate: { type: 'string' },
  seed: { type: 'string' },
} as const

const USE =
  'usage: --listen [HOST]:PORT --to HOST:PORT [--delay 50ms] [--jitter 20ms] [--loss 10%] [--duplicate 1%] [--reorder 5%] [--corrupt 1%] [--rate 1mbit] [--seed 7]'

/**
 * Reads the arguments of the program.
 *
 * @throws {UdpngError} `BAD_OPTION` with what is wrong, in one line
 */
export function readArguments(): Arguments {
  const { listen, to, seed = '0', ...values } = parse()
  if (listen === undefined || to === undefined) throw new UdpngError('BAD_OPTION', USE)
  if (!/^\d+$/.test(seed)) throw wrong('seed', seed, 'a whole number')
  const { delay, jitter, loss, duplicate, reorder, corrupt, rate } = values
  return {
    listen: address('listen', listen, 0),
    to: address('to', to, 1),
    seed: BigInt(seed),
    conditions: {
      ...(delay !== undefined && { delayMs: time('delay', delay) }),
      ...(jitter !== undefined && { jitterMs: time('jitter', jitter) }),
      ...(loss !== undefined && { loss: share('loss', loss) }),
      ...(duplicate !== undefined && { duplicate: share('duplicate', duplicate) }),
      ...(reorder !== undefined && { reorder: share('reorder', reorder) }),
      ...(corrupt !== undefined && { corrupt: share('corrupt', corrupt) }),
      ...(rate !== undefined && { rate: bits('rate', rate) }),
    },
  }
}

function parse() {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    const [why] = (error as Error).message.split(/[.\n]/)
    throw new UdpngError('BAD_OPTION', `${why}; ${USE}`)
  }
}

function wrong(option: string, text: string, must: string): UdpngError {
  return new UdpngError('BAD_OPTION', `--${option} is ${JSON.stringify(text)}; it must be ${must}`)
}

/** A number with one of these units. */
function quantity(
  option: string,
  text: string,
  units: Readonly<Record<string, number>>,
  example: string,
): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-z%]+)$/.exec(text) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (factor === undefined) throw wrong(option, text, `a number and a unit, as in ${example}`)
  return Number(number) * factor
}

const time = (option: string, text: string): number =>
  quantity(option, text, { ms: 1, s: 1000 }, '50ms')

const bits = (option: string, text: string): number =>
  quantity(option, text, { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 }, '1mbit')

function share(option: string, text: string): number {
  const value = quantity(option, text, { '%': 0.01 }, '10%')
  if (value > 1) throw wrong(option, text, 'at most 100%')
  return value
}

function address(option: string, text: string, minPort: 0 | 1): Endpoint {
  try {
    return parseEndpoint(text, minPort)
  } catch (error) {
    const why = (error as RangeError).message
    throw new UdpngError('BAD_OPTION', `--${option} is ${JSON.stringify(text)}; ${why}`)
  }
}
