import { parseArgs } from 'node:util'
import { type Endpoint, UdpngError } from 'udpng'
import { readAddress } from './address-argument.js'

/** The arguments of the program. */
export interface Arguments {
  readonly to: Endpoint | undefined
  readonly local: Endpoint | undefined
}

/**
 * Reads the arguments of the program.
 *
 * @throws {UdpngError} `BAD_OPTION` with what is wrong, in one line
 */
export function readArguments(): Arguments {
  const { to, local } = parse()
  return {
    to: to === undefined ? undefined : readAddress('--to', to, 1),
    local: local === undefined ? undefined : readAddress('--local', local, 0),
  }
}

function parse(): { to?: string | undefined; local?: string | undefined } {
  try {
    return parseArgs({ options: { to: { type: 'string' }, local: { type: 'string' } } }).values
  } catch (error) {
    const [why] = (error as Error).message.split(/[.\n]/)
    throw new UdpngError('BAD_OPTION', `${why}; usage: [--to HOST:PORT] [--local HOST:PORT]`)
  }
}
