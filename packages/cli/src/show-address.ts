import { type Address, formatAddress } from '@udpng/basic-peer'

/** A source as a person knows it: an IPv6 socket calls 192.0.2.1 `::ffff:192.0.2.1`. */
export function plainAddress([host, port]: Address): Address {
  return [host.replace(/^::ffff:(?=\d+\.)/i, ''), port]
}

/** `192.0.2.1:1500`, `[::1]:1500`. */
export function showAddress(address: Address): string {
  return formatAddress(...plainAddress(address))
}
