import type { CapturedDatagram } from './captured-datagram.js'
import { packetOf } from './packet-of.js'

const SECOND = 1_000_000_000n
const MAX_SECONDS = 0xffff_ffffn

/**
 * Returns the record of a datagram in a capture file: 16 bytes with its time and length, then its IP packet. The IP and UDP headers are
 * made from its addresses, with correct lengths and checksums.
 *
 * @throws {RangeError} if the time or a port is out of range, an address is not an IP literal, the addresses are of different families,
 *   or the data is longer than a datagram of the family can be
 * @see https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
 */
export function pcapRecord(datagram: CapturedDatagram): Uint8Array {
  const { time } = datagram
  const seconds = time / SECOND
  if (time < 0n || seconds > MAX_SECONDS)
    throw new RangeError(
      `cannot record a datagram: its time, ${time} ns, is not between 1970 and 2106`,
    )
  const packet = packetOf(datagram)
  const record = new Uint8Array(16 + packet.length)
  const view = new DataView(record.buffer)
  view.setUint32(0, Number(seconds), true)
  view.setUint32(4, Number(time % SECOND), true)
  view.setUint32(8, packet.length, true) // as recorded, and as it was
  view.setUint32(12, packet.length, true)
  record.set(packet, 16)
  return record
}
