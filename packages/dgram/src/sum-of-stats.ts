import { sumOfBounds } from '@udpng/basic-peer'
import type { SocketStats } from './stats.js'

type Count =
  | 'received'
  | 'receivedBytes'
  | 'sent'
  | 'sentBytes'
  | 'unsent'
  | 'unread'
  | 'receiveErrors'

/** Counters of sockets that are not listed. */
export interface OtherSockets {
  /** The number of these sockets. */
  readonly sockets: number
  /** How many of them were bound. */
  readonly bound: number
  /** The sums of their counters. */
  readonly sum: SocketStats
}

/** Adds the counters of one more socket. One that was never bound has none, and its transport must not hide those of the others. */
export function withSocket(others: OtherSockets | undefined, stats: SocketStats): OtherSockets {
  const { sockets = 0, bound = 0 } = others ?? {}
  const isBound = stats.local !== undefined
  let sum = stats
  if (others && bound > 0) sum = isBound ? sumOf(others.sum, stats) : others.sum
  return { sockets: sockets + 1, bound: bound + (isBound ? 1 : 0), sum }
}

function sumOf(a: SocketStats, b: SocketStats): SocketStats {
  const failed: Record<string, number> = { ...a.failed }
  for (const [code, count] of Object.entries(b.failed)) failed[code] = (failed[code] ?? 0) + count
  const plus = (key: Count): number => a[key] + b[key]
  return {
    transport: a.transport === b.transport ? a.transport : 'dgram',
    local: undefined,
    received: plus('received'),
    receivedBytes: plus('receivedBytes'),
    sent: plus('sent'),
    sentBytes: plus('sentBytes'),
    failed,
    unsent: plus('unsent'),
    unread: plus('unread'),
    receiveErrors: plus('receiveErrors'),
    refused: a.refused === undefined || b.refused === undefined ? undefined : a.refused + b.refused,
    kernelDrops:
      a.kernelDrops && b.kernelDrops ? sumOfBounds([a.kernelDrops, b.kernelDrops]) : undefined,
    impairment: undefined,
  }
}
