import { readFileSync } from 'node:fs'

/** Which of these multicast groups this machine has joined, on one interface if it is named. */
export function memberships(groups: readonly string[], on?: string): string[] {
  const joined = new Set<string>()
  let device = ''
  for (const line of linesOf('/proc/net/igmp')) {
    // "2 eth0 : 1 V3", and below it a line for each group: "010000E0 1 0:00000000 0"
    const [first = '', name = ''] = line.trim().split(/\s+/)
    if (/^\d/.test(line)) device = name
    else joined.add(`${device} ${first}`)
  }
  for (const line of linesOf('/proc/net/igmp6')) {
    const [, name = '', group = ''] = line.trim().split(/\s+/)
    joined.add(`${name} ${group}`)
  }
  const devices = on ? [on] : [...joined].map((entry) => entry.split(' ')[0])
  return groups.filter((group) => devices.some((name) => joined.has(`${name} ${hex(group)}`)))
}

function linesOf(table: string): string[] {
  return readFileSync(table, 'latin1').split('\n').filter(Boolean)
}

/** As the kernel writes it: an IPv4 address in the byte order of this machine, an IPv6 address in full. */
function hex(group: string): string {
  if (!group.includes(':'))
    return Buffer.from(group.split('.').map(Number).reverse()).toString('hex').toUpperCase()
  const [head = '', tail = ''] = group.split('::').map((half) =>
    half
      .split(':')
      .filter(Boolean)
      .map((part) => part.padStart(4, '0'))
      .join(''),
  )
  return head + tail.padStart(32 - head.length, '0')
}
