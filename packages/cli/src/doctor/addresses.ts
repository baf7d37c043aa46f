import { readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { hasIPv6 } from '../options/endpoint.js'
import type { Finding } from './finding.js'

/** Whether sockets can be bound to IPv6 addresses. */
export async function ipv6(): Promise<Finding> {
  const name = 'IPv6'
  if (await hasIPv6()) return { name, value: 'on', verdict: 'fine' }
  return {
    name,
    value: 'off',
    verdict: 'low',
    meaning: 'listeners on :PORT serve IPv4 only',
    command: 'sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0',
  }
}

/** Bits of an interface's flags. @see netdevice(7) */
const IFF_UP = 0x1
const IFF_MULTICAST = 0x1000

/** Which network interfaces carry multicast. */
export function multicast(sys = '/sys'): Finding {
  const name = 'multicast'
  const interfaces = multicastInterfaces(`${sys}/class/net`)
  if (interfaces.length > 0) return { name, value: `on ${interfaces.join(', ')}`, verdict: 'fine' }
  return {
    name,
    value: 'on no interface',
    verdict: 'low',
    meaning: 'multicast groups cannot be joined; this command enables multicast on loopback',
    command: 'sudo ip link set lo multicast on && sudo ip route add 224.0.0.0/4 dev lo',
  }
}

function multicastInterfaces(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => {
      const flags = Number(readFileSync(`${directory}/${name}/flags`, 'latin1'))
      return (flags & IFF_UP) !== 0 && (flags & IFF_MULTICAST) !== 0
    })
  } catch {
    // Other systems do not show flags here: multicast goes out by those that lead out.
    return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses.some(({ internal }) => !internal) ? [name] : [],
    )
  }
}
