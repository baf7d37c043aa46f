import type { Box } from './box.js'
import { Inbox } from './inbox.js'
import type { Outbox } from './outbox.js'

type NumberOf = Exclude<keyof Passage, 'add' | 'plus' | 'rest'>

/** Adds up the boxes of a component that accounts count: those with the role `data` or `report`. */
export class Passage {
  /** Messages delivered to inboxes. */
  delivered = 0
  waiting = 0
  dropped = 0
  /** The dropped messages that the component did not take before it ended. */
  unread = 0
  /** Messages sent by outboxes for data. */
  sent = 0
  unlinked = 0
  /** Sent by outboxes for reports. */
  reports = 0
  /** Number of inboxes, and of outboxes for data. */
  inboxes = 0
  outboxes = 0

  /** Adds the counts of a box. */
  add(box: Box): void {
    const { role } = box
    if (role !== 'data' && role !== 'report') return
    if (box instanceof Inbox) {
      this.inboxes++
      this.delivered += box.delivered
      this.waiting += box.length
      this.dropped += box.dropped
      this.unread += box.unread
      return
    }
    const { sent, discarded } = box as Outbox<unknown>
    if (role === 'report') this.reports += sent
    else {
      this.outboxes++
      this.sent += sent
      this.unlinked += discarded
    }
  }

  /** Adds the totals of another one. */
  plus(other: Passage): void {
    for (const key of Object.keys(other) as NumberOf[]) this[key] += other[key]
  }

  /** Messages that came in through a box and did not leave through one; negative when more left than came in. */
  get rest(): number {
    return this.delivered - this.waiting - this.dropped - this.sent - this.unlinked
  }
}
