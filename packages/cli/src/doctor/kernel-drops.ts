import { readFileSync } from 'node:fs'
import { grouped } from '../options/quantities.js'
import type { Finding } from './finding.js'

/**
 * Returns how many datagrams the kernel has dropped since the system started because a receive buffer was full.
 *
 * @param proc - the path of procfs (default `/proc`)
 * @see RFC 4113; proc_pid_net(5)
 */
export function kernelDrops(proc = '/proc'): Finding {
  const name = 'RcvbufErrors'
  const counts = [ofIPv4(`${proc}/net/snmp`), ofIPv6(`${proc}/net/snmp6`)].filter(
    (count) => count !== undefined,
  )
  if (counts.length === 0) return { name, value: 'not reported', verdict: 'unknown' }
  const dropped = counts.reduce((all, count) => all + count, 0)
  if (dropped === 0) return { name, value: '0', verdict: 'fine' }
  return {
    name,
    value: grouped(dropped),
    verdict: 'low',
    meaning:
      'datagrams of all programs that were dropped since boot because a receive buffer was full; the field d shows the drops of each socket',
    command: 'ss --udp --all --numeric --processes --memory',
  }
}

/** A line of titles, then a line of numbers. */
function ofIPv4(file: string): number | undefined {
  const [titles = [], numbers = []] = lines(file)
    .filter(([word]) => word === 'Udp:')
    .map((words) => words.slice(1))
  const found = numbers[titles.indexOf('RcvbufErrors')]
  return found === undefined ? undefined : Number(found)
}

/** A name and a number in each line. */
function ofIPv6(file: string): number | undefined {
  const found = lines(file).find(([word]) => word === 'Udp6RcvbufErrors')?.[1]
  return found === undefined ? undefined : Number(found)
}

function lines(file: string): string[][] {
  try {
    return readFileSync(file, 'latin1')
      .split('\n')
      .map((line) => line.split(/\s+/))
  } catch {
    return []
  }
}
