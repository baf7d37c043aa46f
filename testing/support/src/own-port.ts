import { randomInt } from 'node:crypto'

/** Below the range of ephemeral ports: 32768 and up on Linux, 49152 elsewhere. */
const OWN_PORTS = [20_000, 32_000] as const

/** A port outside the ephemeral range: free unless a program uses this very one. */
export function ownPort(): number {
  return randomInt(...OWN_PORTS)
}
