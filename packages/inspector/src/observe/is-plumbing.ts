import type { Inbox, Outbox } from '@udpng/core'

/** Whether the messages of a box are not data: they count in no rate and no total. The role of the box alone decides. */
export function isPlumbing(box: Inbox<unknown> | Outbox<unknown>): boolean {
  return box.role !== 'data'
}
