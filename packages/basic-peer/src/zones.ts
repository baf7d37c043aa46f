import { networkInterfaces } from 'node:os'

/**
 * Returns the number of a network interface as text, given its name or its number; the argument itself if there is no such
 * interface. It queries the system, which takes tens of microseconds.
 *
 * @see RFC 4007 section 11.2
 */
export function zoneNumber(zone: string): string {
  if (/^\d+$/.test(zone)) return String(Number(zone))
  const interfaces = networkInterfaces()
  return (Object.hasOwn(interfaces, zone) && numberOf(interfaces[zone])) || zone
}

/** Returns the name of a network interface, given its name or its number; undefined if there is none. */
export function zoneName(zone: string): string | undefined {
  const all = networkInterfaces()
  return Object.keys(all).find((name) => name === zone || numberOf(all[name]) === zone)
}

type Addresses = ReturnType<typeof networkInterfaces>[string]

/** Only a link-local address has the number: other addresses of the interface have 0. */
function numberOf(addresses: Addresses = []): string | undefined {
  for (const { scopeid } of addresses as readonly { readonly scopeid?: number }[])
    if (scopeid) return String(scopeid)
  return undefined
}
