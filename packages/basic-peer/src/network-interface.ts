import { networkInterfaces } from 'node:os'
import type { Family } from './address.js'

/**
 * Finds an interface, given by name or by one of its addresses, in the form that
 * `node:dgram` wants: its IPv4 address, or `::%name`.
 *
 * @throws an error with code ENODEV when this machine has no such interface
 */
export function findInterface(given: string, family: Family): string {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const own = addresses.find(({ address }) => address === given.replace(/%.*/, ''))
    if (!own && name !== given) continue
    if (family === 6) return `::%${name}`
    const ipv4 = [own, ...addresses].find((entry) => entry?.family === 'IPv4')
    if (ipv4) return ipv4.address
  }
  throw Object.assign(
    new Error(`this machine has no interface ${given} that speaks IPv${family}`),
    {
      code: 'ENODEV',
    },
  )
}
