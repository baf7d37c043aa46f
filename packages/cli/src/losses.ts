import type { PeerStats } from '@udpng/basic-peer'
import { findNative } from './find-native.js'
import { grouped } from './quantities.js'

/** Datagrams that were lost, by reason; only reasons that happened. */
export type Losses = Readonly<Record<string, number>>

/** What people read for the reasons that are counted under names. */
const WORDS: Readonly<Record<string, string>> = {
  kernelDrops: 'dropped by the kernel',
  readBufferFull: 'dropped because nothing took them',
  unread: 'not read',
  unsent: 'not sent',
  lookupQueueFull: 'dropped while names were looked up',
  noRoom: 'dropped because there were too many sources',
  sessionFull: 'dropped because their session was full',
  unwritten: 'not written',
  foreign: 'dropped because strangers sent them',
  shortage: 'dropped because the system was short of what a session needs',
  failed: 'dropped because their session failed',
  notAllowed: 'dropped because --allow does not have their host',
  ownAddress: 'dropped because they came from its own address',
  unanswerable: 'dropped because their source cannot be answered',
  loop: 'dropped because they went round in a loop',
  overClientRate: 'dropped over the rate of their client',
  overRate: 'dropped over the rate of all clients',
}

/** What a peer lost: to be sent, or received. */
export function lossesOf(...peers: readonly Readonly<PeerStats>[]): Losses {
  return sum(
    ...peers.map(({ kernelDrops, failed, dropped }) => ({
      kernelDrops: kernelDrops?.atLeast ?? 0,
      ...failed,
      ...dropped,
    })),
  )
}

/** What a peer lost of what it was to send: whoever only sends reads no replies, and loses nothing by that. */
export function sendingLossesOf({ failed, dropped }: Readonly<PeerStats>): Losses {
  const { unsent, lookupQueueFull } = dropped
  return sum({ ...failed, unsent, lookupQueueFull })
}

export function sum(...losses: readonly Losses[]): Losses {
  const total: Record<string, number> = {}
  for (const each of losses)
    for (const [reason, count] of Object.entries(each))
      if (count > 0) total[reason] = (total[reason] ?? 0) + count
  return total
}

export function total(losses: Losses): number {
  return Object.values(losses).reduce((all, count) => all + count, 0)
}

/** `12 dropped by the kernel, 1 not sent`; `nothing lost`. */
export function describe(losses: Losses): string {
  const parts = Object.entries(losses).map(([reason, count]) => {
    const text = `${grouped(count)} ${WORDS[reason] ?? `failed (${reason})`}`
    return reason === 'kernelDrops' && coalesces() ? `at least ${text}` : text
  })
  return parts.length > 0 ? parts.join(', ') : 'nothing lost'
}

/** Whether the kernel puts datagrams together, and counts what it drops together as one. */
function coalesces(): boolean {
  try {
    return process.env['UDPNG_TRANSPORT'] !== 'dgram' && findNative().coalescing
  } catch {
    return false // node:dgram serves
  }
}
