import { type Decisions, oneOf } from '../random.js'

const SOL_UDP = 17
const UDP_GRO = 104
/** Length, level and type: `struct cmsghdr` of Linux on 64 bits. */
const HEADER_BYTES = 16

/** One or more control messages, whole, cut off, or untrue about their lengths. */
export function anyControlData(decisions: Decisions, most: number): Buffer {
  const pieces = Array.from({ length: 1 + decisions.roll(3) }, () => {
    const piece = Buffer.alloc(16 + 8 * decisions.roll(3), decisions.roll(256))
    const lengths = [0, 1, 15, 16, 17, 19, 20, 21, 24, 32, 48, 2 ** 32, 2 ** 52]
    const length = decisions.roll(3) ? BigInt(oneOf(decisions, lengths)) : 2n ** 64n - 1n
    piece.writeBigUInt64LE(decisions.roll(3) ? BigInt(piece.length - 4) & ~3n : length)
    piece.writeInt32LE(decisions.roll(3) ? SOL_UDP : oneOf(decisions, [0, 1, -1, 41]), 8)
    piece.writeInt32LE(decisions.roll(3) ? UDP_GRO : oneOf(decisions, [0, 1, -1, 103]), 12)
    if (piece.length > 16)
      piece.writeInt32LE(oneOf(decisions, [1200, 1, 0, -1, 65_535, 65_536, 0x7fffffff]), 16)
    return piece
  })
  const whole = Buffer.concat(pieces).subarray(0, most)
  return decisions.roll(3) ? whole : whole.subarray(0, decisions.roll(whole.length + 1))
}

/** The stride that control data reports, read as the kernel's headers say; 0 where it has none. */
export function expectedStride(data: Buffer): number {
  for (let at = 0; at + HEADER_BYTES <= data.length; ) {
    const length = data.readBigUInt64LE(at)
    if (length > BigInt(data.length - at)) return 0
    const level = data.readInt32LE(at + 8)
    const type = data.readInt32LE(at + 12)
    if (level === SOL_UDP && type === UDP_GRO && length >= BigInt(HEADER_BYTES + 4)) {
      const stride = data.readInt32LE(at + HEADER_BYTES)
      return stride > 0 && stride <= 65_535 ? stride : 0
    }
    // A header that is shorter than itself ends the list.
    if (length < BigInt(HEADER_BYTES)) return 0
    at += Math.ceil(Number(length) / 8) * 8
  }
  return 0
}
