/**
 * Returns the Internet checksum of a range of bytes: the one's complement of the one's complement sum of its 16-bit words.
 *
 * @param initial - the sum of other words to include
 * @see RFC 1071
 */
export function internetChecksum(
  bytes: Uint8Array,
  start: number,
  end: number,
  initial: number = 0,
): number {
  let sum = initial
  // At most 32 768 words of 16 bits: the sum is exact.
  for (let i = start; i < end; i += 2)
    sum += ((bytes[i] as number) << 8) | (i + 1 < end ? (bytes[i + 1] as number) : 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000)
  return ~sum & 0xffff
}
