import type { Box } from './box.js'
import { Inbox } from './inbox.js'
import { Outbox } from './outbox.js'

/** What passed through the boxes of one component that accounts count. */
export class Passed {
  delivered = 0
  waiting = 0
  inboxFull = 0
  unread = 0
  sent = 0
  unlinked = 0
  reported = 0
  /** Whether it has an inbox, and an outbox, for data. */
  takes = false
  sends = false

  add(box: Box): void {
    const { role } = box
    if (role !== 'data' && role !== 'report') return
    if (box instanceof Inbox) {
      this.takes = true
      this.delivered += box.delivered
      this.waiting += box.length
      this.inboxFull += box.dropped - box.unread
      this.unread += box.unread
    } else if (box instanceof Outbox) {
      this.sent += box.sent
      if (role === 'report') this.reported += box.sent
      else {
        this.sends = true
        this.unlinked += box.discarded
      }
    }
  }

  /** The same numbers, to which more can be added. */
  copy(): Passed {
    return Object.assign(new Passed(), this)
  }
}
