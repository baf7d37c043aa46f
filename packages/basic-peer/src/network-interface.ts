import { networkInterfaces } from 'node:os'
import type { Family } from './address.js'

/**
 * Finds an interface, given by name or by one of its addresses of this family, in the form that
 * `node:dgram` wants: its IPv4 address, or `::%name`.
 *
 * @throws when this machine has no such interface
 */
export function findInterface(given: string, family: Family): string {
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    for (const entry of addresses)
      if (
        entry.family === `IPv${family}` &&
        [name, entry.address, `${entry.address}%${name}`].includes(given)
      )
        return family === 6 ? `::%${name}` : entry.address
  throw new Error(`this machine has no interface ${given} that speaks IPv${family}`)
}
