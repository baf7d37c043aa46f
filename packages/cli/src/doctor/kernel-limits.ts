import { readFileSync } from 'node:fs'
import { type Finding, showBytes } from './finding.js'

/** Kernel settings for a program that receives bursts. */
const LIMITS: readonly {
  readonly name: string
  readonly least: number
  readonly bytes: boolean
  readonly meaning: string
}[] = [
  {
    name: 'net.core.rmem_max',
    least: 4_194_304,
    bytes: true,
    meaning:
      'the largest receive buffer that a program can request; datagrams of longer bursts are dropped',
  },
  {
    name: 'net.core.rmem_default',
    least: 1_048_576,
    bytes: true,
    meaning: 'the default receive buffer; 208 KiB hold about 300 small datagrams',
  },
  {
    name: 'net.core.wmem_max',
    least: 212_992,
    bytes: true,
    meaning: 'the largest send buffer that a program can request',
  },
  {
    name: 'net.core.netdev_max_backlog',
    least: 1000,
    bytes: false,
    meaning: 'the input queue of each processor, in packets; packets beyond it are dropped',
  },
]

/**
 * Compares the kernel's limits with those that bursts of datagrams need.
 *
 * @param proc - the path of procfs (default `/proc`)
 * @see socket(7)
 */
export function kernelLimits(proc = '/proc'): Finding[] {
  return LIMITS.map(({ name, least, bytes, meaning }) => {
    const show = (value: number): string => (bytes ? showBytes(value) : String(value))
    const value = readNumber(`${proc}/sys/${name.replaceAll('.', '/')}`)
    if (value === undefined) return { name, value: 'not reported', verdict: 'unknown' }
    if (value >= least) return { name, value: show(value), verdict: 'fine' }
    return {
      name,
      value: show(value),
      verdict: 'low',
      meaning,
      command: `sudo sysctl -w ${name}=${least}`,
    }
  })
}

function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'latin1'))
  } catch {
    return undefined // another system, or a container
  }
}
