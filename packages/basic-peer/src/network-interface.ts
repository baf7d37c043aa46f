import { networkInterfaces } from 'node:os'
import { type Family, isSameHost } from '@udpng/datagram'
import { zoneNumber } from './zones.js'

/** A network interface of this machine. */
export interface NetworkInterface {
  readonly name: string
  /** One of its addresses of the requested family; the given one, if an address was given. */
  readonly address: string
}

/**
 * Finds a network interface, given by name or by one of its addresses of this family, in any spelling.
 *
 * @throws an `Error` if this machine has no such interface
 */
export function findInterface(given: string, family: Family): NetworkInterface {
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    for (const { family: kind, address } of addresses) {
      if (kind !== `IPv${family}`) continue
      const zoned = `${address}%${name}`
      if (name === given || isSameHost(address, given) || isSameHost(zoned, given, zoneNumber))
        return { name, address }
    }
  throw new Error(`this machine has no interface ${given} that speaks IPv${family}`)
}
