import type { Parcel } from '@udpng/basic-peer'
import { type Datagram, type Family, MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import type { Opened } from '../rig/open-socket.js'
import { loopback } from '../rig/rig.js'

/** Parcels of a run that fits into every receive buffer of BIG_BUFFER_BYTES, and that some transports do not take in one go. */
export const LONG_RUN = 300
export const BIG_BUFFER_BYTES = 1_048_576

/** Parcels to one address that hold their number. */
export function numberedParcels(
  count: number,
  [host, port]: Opened['socket']['address'],
): Parcel[] {
  return upTo(count).map((i) => {
    const data = Buffer.alloc(4)
    data.writeUInt32BE(i)
    return { data, host, port }
  })
}

/** The numbers that such datagrams hold. */
export function numbersIn(datagrams: readonly Datagram[]): number[] {
  return datagrams.map(([data]) => data.readUInt32BE())
}

/** The numbers from 0, as many as `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** A parcel that no socket of this family sends: a byte more than UDP allows. */
export function tooLargeParcel(family: Family): Parcel {
  return { data: Buffer.alloc(MAX_PAYLOAD_BYTES[family] + 1), host: loopback(family), port: 9 }
}
