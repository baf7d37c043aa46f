import type { VNode } from 'preact'
import type { InboxPicture } from '../../src/protocol.js'

/** Fill level of an inbox. An unbounded inbox is never full. */
export function levelOf({ length, capacity }: InboxPicture): 'ok' | 'high' | 'full' {
  if (capacity === undefined) return 'ok'
  return length >= capacity ? 'full' : length >= 0.75 * capacity ? 'high' : 'ok'
}

/** The depth of an inbox against its capacity. */
export function Meter({ inbox }: { readonly inbox: InboxPicture }): VNode | null {
  const { length, capacity } = inbox
  if (capacity === undefined) return null
  const share = Math.min(1, length / capacity)
  return (
    <span class="meter" data-level={levelOf(inbox)}>
      <span class="meter-fill" style={{ transform: `scaleX(${Math.ceil(share * 50) / 50})` }} />
    </span>
  )
}
