import type { Address } from '../address.js'
import { formatAddress } from '../format-address.js'
import { type Family, type IpAddress, parseIp, unmapped } from '../ip-address.js'
import { isPort } from '../is-port.js'
import { MAX_PAYLOAD_BYTES } from '../payload.js'
import { reachOf } from '../reach-of.js'
import type { CapturedDatagram } from './captured-datagram.js'
import { internetChecksum } from './internet-checksum.js'

const UDP = 17
const UDP_HEADER_BYTES = 8
const IP_HEADER_BYTES: Readonly<Record<Family, number>> = { 4: 20, 6: 40 }
/** Time to live, or hop limit. */
const HOPS = 64

/**
 * Returns a datagram as an IP packet, whose headers are made from its addresses.
 *
 * @throws {RangeError} if the addresses or the length do not allow it
 * @see RFC 791, RFC 8200, RFC 768
 */
export function packetOf({ from, to, data }: Omit<CapturedDatagram, 'time'>): Uint8Array {
  const [source, destination] = ofOneFamily(from, to)
  const { family } = source
  const max = MAX_PAYLOAD_BYTES[family]
  if (data.length > max)
    refuse(from, to, `it has ${data.length} bytes, and IPv${family} carries ${max}`)
  const start = IP_HEADER_BYTES[family]
  const packet = new Uint8Array(start + UDP_HEADER_BYTES + data.length)
  if (family === 4) writeIPv4(packet, source, destination)
  else writeIPv6(packet, source, destination)
  writeUdp(packet, start, from[1], to[1], data)
  return packet
}

/** The two addresses; `::` together with an IPv4 address is 0.0.0.0, as a socket for both families means it. */
function ofOneFamily(from: Address, to: Address): [source: IpAddress, destination: IpAddress] {
  const [source, destination] = [from, to].map(([host, port]) => {
    const ip = parseIp(host)
    if (!ip) return refuse(from, to, `${host} is not an IP address`)
    if (!isPort(port)) return refuse(from, to, `${port} is not a port`)
    return unmapped(ip)
  }) as [IpAddress, IpAddress]
  if (source.family === destination.family) return [source, destination]
  if (isAny(source)) return [anyOf(destination.family), destination]
  if (isAny(destination)) return [source, anyOf(source.family)]
  return refuse(from, to, 'they are addresses of different families')
}

function isAny(ip: IpAddress): boolean {
  return reachOf(ip) === 'unspecified'
}

function anyOf(family: Family): IpAddress {
  return { family, bytes: Array<number>(family === 4 ? 4 : 16).fill(0), zone: undefined }
}

function refuse(from: Address, to: Address, why: string): never {
  throw new RangeError(
    `cannot record a datagram from ${formatAddress(from)} to ${formatAddress(to)}: ${why}`,
  )
}

function writeIPv4(packet: Uint8Array, source: IpAddress, destination: IpAddress): void {
  const view = new DataView(packet.buffer)
  packet[0] = 0x45 // version 4, 5 words of 4 bytes
  view.setUint16(2, packet.length)
  view.setUint16(6, 0x4000) // not to be fragmented, so it needs no identification (RFC 6864)
  packet[8] = HOPS
  packet[9] = UDP
  packet.set(source.bytes, 12)
  packet.set(destination.bytes, 16)
  view.setUint16(10, internetChecksum(packet, 0, 20))
}

function writeIPv6(packet: Uint8Array, source: IpAddress, destination: IpAddress): void {
  const view = new DataView(packet.buffer)
  packet[0] = 0x60 // version 6
  view.setUint16(4, packet.length - IP_HEADER_BYTES[6])
  packet[6] = UDP
  packet[7] = HOPS
  packet.set(source.bytes, 8)
  packet.set(destination.bytes, 24)
}

/** @param start - where the UDP header begins: after the IP header, whose last part are the two addresses */
function writeUdp(
  packet: Uint8Array,
  start: number,
  sourcePort: number,
  destinationPort: number,
  data: Uint8Array,
): void {
  const view = new DataView(packet.buffer)
  const length = packet.length - start
  view.setUint16(start, sourcePort)
  view.setUint16(start + 2, destinationPort)
  view.setUint16(start + 4, length)
  packet.set(data, start + UDP_HEADER_BYTES)
  const addresses = start === IP_HEADER_BYTES[4] ? 12 : 8
  const checksum = internetChecksum(packet, addresses, packet.length, UDP + length)
  view.setUint16(start + 6, checksum || 0xffff) // 0 means: none
}
