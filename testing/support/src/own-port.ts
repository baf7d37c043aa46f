import { randomInt } from 'node:crypto'

/** Below those that systems give to who asks for any port: 32768 and up on Linux, 49152 elsewhere. */
const OWN_PORTS = [20_000, 32_000] as const

/** A port that no system gives away: free unless somebody has taken just this one. */
export function ownPort(): number {
  return randomInt(...OWN_PORTS)
}
