import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

/**
 * Returns the index of each network interface, by name. An interface that is removed and added again has another index, and
 * no longer the memberships of before. Where the system has no tables of indexes, each is 0.
 *
 * @throws the system's error if a table cannot be read
 * @see proc(5): /proc/net/igmp lists interfaces with IPv4 groups, /proc/net/if_inet6 those with IPv6 addresses
 */
export function interfaceIndexes(): ReadonlyMap<string, number> {
  const indexes = new Map([...rowsOf('igmp', IGMP_ROW, 10), ...rowsOf('if_inet6', INET6_ROW, 16)])
  if (indexes.size > 0) return indexes
  return new Map(Object.keys(networkInterfaces()).map((name) => [name, 0]))
}

/** A row such as "2 eth0 : 1 V3"; the rows of the groups, between these, begin with white space. */
const IGMP_ROW = /^(?<index>\d+)\s+(?<name>[^\s:]+)\s*:/gm
/** A row such as "fe800000000000000000000000000001 02 40 20 80 eth0". */
const INET6_ROW = /^\w+ (?<index>\w+) \w+ \w+ \w+\s+(?<name>\S+)$/gm

function rowsOf(table: string, row: RegExp, radix: number): (readonly [string, number])[] {
  let text = ''
  try {
    text = readFileSync(`/proc/net/${table}`, 'latin1')
  } catch (error) {
    // This system, or a kernel without that family, has no such table.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return [...text.matchAll(row)].map(({ groups: { name = '', index = '' } = {} }) => [
    name,
    Number.parseInt(index, radix),
  ])
}
