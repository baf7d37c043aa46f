import { RECEIVER_HOST } from './namespaces.js'

/** What a flow consists of. */
export interface Load {
  /** Bytes of the datagrams, in turn. */
  readonly sizes: readonly number[]
  /** How many addresses they go to, in turn. */
  readonly destinations: number
  /** Transformers that they pass through before they are sent (default 0). */
  readonly stages?: number
  /** What is queued beside the receiver while they come (default: nothing). */
  readonly idle?: { readonly sockets: number; readonly components: number }
  /** Whether both have an inspector, and a viewer reads its pages (default: without). */
  readonly inspected?: 'no' | 'yes' | 'with a viewer'
  /** Whether the two are in network namespaces of their own, which a pair of veth devices links. */
  readonly apart?: boolean
}

/** Datagrams of one size to one address. */
export const plain = (size: number): Load => ({ sizes: [size], destinations: 1 })

/** The same, from one network namespace to another. */
export const apart = (size: number): Load => ({ ...plain(size), apart: true })

/** Sizes from 64 to 1200 bytes in no order, the same each time; a prime number of them, so that every address gets all. */
export const MIXED_SIZES: readonly number[] = Array.from(
  { length: 251 },
  (_, i) => 64 + ((i * 7919) % 1137),
)

/** The address number `i`: all of them are this machine's, or that namespace's. */
export function destination(i: number, { destinations, apart }: Load): string {
  if (apart) return RECEIVER_HOST
  return destinations === 1 ? '127.0.0.1' : `127.1.${i >> 8}.${i & 255}`
}
