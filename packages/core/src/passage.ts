import type { Box } from './box.js'
import { Inbox } from './inbox.js'
import type { Outbox } from './outbox.js'

/** What passed through the boxes of a component that accounts count: those whose role is `data` or `report`. */
export class Passage {
  /** Of inboxes. */
  delivered = 0
  waiting = 0
  dropped = 0
  /** Of those dropped, the messages that the component did not take before it ended. */
  unread = 0
  /** Of outboxes for data. */
  sent = 0
  unlinked = 0
  /** Sent by outboxes for reports. */
  reports = 0
  /** Whether there is an inbox, and an outbox for data. */
  takes = false
  sends = false

  /** Adds what passed through a box until now. */
  add(box: Box): void {
    const { role } = box
    if (role !== 'data' && role !== 'report') return
    if (box instanceof Inbox) {
      this.takes = true
      this.delivered += box.delivered
      this.waiting += box.length
      this.dropped += box.dropped
      this.unread += box.unread
      return
    }
    const { sent, discarded } = box as Outbox<unknown>
    if (role === 'report') this.reports += sent
    else {
      this.sends = true
      this.sent += sent
      this.unlinked += discarded
    }
  }

  /** Adds what passed through the boxes of another one. */
  plus(other: Passage): void {
    this.delivered += other.delivered
    this.waiting += other.waiting
    this.dropped += other.dropped
    this.unread += other.unread
    this.sent += other.sent
    this.unlinked += other.unlinked
    this.reports += other.reports
    this.takes ||= other.takes
    this.sends ||= other.sends
  }

  /** Messages that came in through a box and did not leave through one; negative when more left than came in. */
  get rest(): number {
    return this.delivered - this.waiting - this.dropped - this.sent - this.unlinked
  }
}
