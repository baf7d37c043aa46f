/** What a flow consists of. */
export interface Load {
  /** Bytes of the datagrams, in turn. */
  readonly sizes: readonly number[]
  /** How many addresses they go to, in turn. */
  readonly destinations: number
}

/** Datagrams of one size to one address. */
export const plain = (size: number): Load => ({ sizes: [size], destinations: 1 })

/** Sizes from 64 to 1200 bytes in no order, the same each time; a prime number of them, so that every address gets all. */
export const MIXED_SIZES: readonly number[] = Array.from(
  { length: 251 },
  (_, i) => 64 + ((i * 7919) % 1137),
)

/** The address number `i`: all of them are this machine's. */
export function destination(i: number, { destinations }: Load): string {
  return destinations === 1 ? '127.0.0.1' : `127.1.${i >> 8}.${i & 255}`
}
