import type { Inbox, Linkage, Outbox } from '@udpng/core'
import type { Actor } from './actor.js'

/** A message that the scheduler itself made. */
export const ITS_OWN = 'its own'

/** What an inbox must look like: a plain list, and counts. */
export class InboxModel {
  readonly box: Inbox<unknown>
  readonly owner: Actor
  readonly queue: unknown[] = []
  delivered = 0
  taken = 0
  dropped = 0
  /** Outboxes that lead here. */
  readonly feeders: Set<OutboxModel> = new Set()

  constructor(box: Inbox<unknown>, owner: Actor) {
    this.box = box
    this.owner = owner
  }

  get full(): boolean {
    return this.queue.length >= this.box.capacity
  }

  /** Whether it holds its senders up. */
  get holdsUp(): boolean {
    return this.full && !this.box.whenFull.startsWith('drop')
  }

  /**
   * One more message.
   *
   * @returns whether it is now there; false when it, or a refusal, is all there is
   */
  put(message: unknown): 'stored' | 'dropped' | 'refused' {
    const { whenFull } = this.box
    const { full } = this
    if (this.owner.over || (full && whenFull === 'dropNewest')) {
      this.delivered++
      this.dropped++
      return 'dropped'
    }
    if (full && whenFull === 'throw') return 'refused'
    this.delivered++
    if (full && whenFull === 'dropOldest') {
      this.queue.shift()
      this.dropped++
    }
    this.queue.push(message)
    return 'stored'
  }

  /** What the box says of itself must be what was counted. */
  check(): void {
    const { box, queue, delivered, taken, dropped } = this
    if (
      box.length !== queue.length ||
      box.ready !== queue.length > 0 ||
      box.full !== this.full ||
      box.delivered !== delivered ||
      box.taken !== taken ||
      box.dropped !== dropped ||
      delivered !== taken + dropped + queue.length
    )
      throw new Error(
        `${box.name}: ${box.delivered} delivered, ${box.taken} taken, ${box.dropped} dropped, ${box.length} wait; ` +
          `it should be ${delivered}, ${taken}, ${dropped}, ${queue.length}`,
      )
  }
}

/** What an outbox must look like. */
export class OutboxModel {
  readonly box: Outbox<unknown>
  readonly owner: Actor
  to: InboxModel | undefined
  linkage: Linkage | undefined
  sent = 0
  discarded = 0

  constructor(box: Outbox<unknown>, owner: Actor) {
    this.box = box
    this.owner = owner
  }

  /** What the box says of itself must be what was counted. */
  check(): void {
    const { box, to, sent, discarded } = this
    if (
      box.linked !== (to !== undefined) ||
      box.full !== (to?.holdsUp ?? false) ||
      box.sent !== sent ||
      box.discarded !== discarded
    )
      throw new Error(
        `${box.name}: ${box.linked ? 'linked' : 'not linked'}, ${box.full ? 'full' : 'not full'}, ` +
          `${box.sent} sent, ${box.discarded} discarded; it should be ${to ? 'linked' : 'not linked'}, ` +
          `${to?.holdsUp ? 'full' : 'not full'}, ${sent}, ${discarded}`,
      )
  }
}
