/** Magic number of a file whose times have nanoseconds. */
const MAGIC = 0xa1b23c4d

/** Maximum length of a packet: what tcpdump accepts at most. Ours are shorter. */
const SNAP_LENGTH = 262_144

/** Link type of packets that begin with an IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101

/**
 * Returns the header of a capture file: 24 bytes. The records follow it, in any order. All numbers are little-endian.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
 */
export function pcapHeader(): Uint8Array {
  const header = new Uint8Array(24)
  const view = new DataView(header.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint16(4, 2, true) // version 2.4
  view.setUint16(6, 4, true)
  view.setUint32(16, SNAP_LENGTH, true)
  view.setUint32(20, LINKTYPE_RAW, true)
  return header
}
