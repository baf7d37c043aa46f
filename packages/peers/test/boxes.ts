import type { BasicPeer } from '@udpng/basic-peer'
import { Inbox, Outbox } from '@udpng/core'

/** What any peer shows beside its boxes. */
export type Common =
  | 'account'
  | 'bound'
  | 'address'
  | 'stats'
  | 'name'
  | 'activated'
  | 'ended'
  | 'run'
  | 'main'
  | 'open'
  | 'send'
  | 'close'
  | 'readable'
  | 'writable'
  | typeof Symbol.asyncIterator
  | typeof Symbol.asyncDispose
  | 'join'
  | 'leave'
  | 'setOptions'
  | 'capabilities'
  | 'ref'
  | 'unref'

/** Those of these fields that are boxes, by direction. */
export function boxesOf(peer: BasicPeer): { in: string[]; out: string[] } {
  const fields = ['inbox', 'target', 'control', 'outbox', 'signal', 'errors']
  const all = peer as unknown as Record<string, unknown>
  return {
    in: fields.filter((field) => all[field] instanceof Inbox),
    out: fields.filter((field) => all[field] instanceof Outbox),
  }
}
