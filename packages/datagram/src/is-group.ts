import { parseIp, unmapped } from './ip-address.js'
import { reachOf } from './reach-of.js'

/** Returns whether a value is the literal of a multicast group, without a zone, and not IPv4-mapped, which no socket can join. */
export function isGroup(host: unknown): host is string {
  const ip = typeof host === 'string' ? parseIp(host) : undefined
  if (!ip || ip.zone !== undefined || unmapped(ip) !== ip) return false
  return reachOf(ip) === 'multicast'
}
