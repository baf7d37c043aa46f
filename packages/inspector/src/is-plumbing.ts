import type { Inbox, Outbox } from '@udpng/core'

/** Boxes that carry no data: control messages, reports, requests and notices. */
const NAMES: ReadonlySet<string> = new Set([
  'control',
  'signal',
  'errors',
  'readReady',
  'writeReady',
  'selectorSignal',
  'news',
  'room',
  'stops',
  'written',
])

/** Whether what passes a box is not data, and so in no rate and no total. */
export function isPlumbing(box: Inbox<unknown> | Outbox<unknown>, field: string): boolean {
  return (
    box.role !== 'data' ||
    NAMES.has(field) ||
    /^signal\d+$/.test(field) ||
    /^Selector#\d+\.requests$/.test(box.name)
  )
}
