import {
  Component,
  type Control,
  type Counts,
  Inbox,
  type Main,
  Outbox,
  type Role,
} from '@udpng/core'

interface Way {
  readonly inbox: Inbox<unknown>
  readonly outboxes: readonly Outbox<unknown>[]
}

/** Messages of one box per step; then other components get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Stands behind a part whose outboxes lead to several inboxes each: every message goes to all of them, the same objects,
 * in order. The slowest sets the pace; one that has ended does not block other senders.
 *
 * What the part says on `signal` comes here as `control`, and goes on when all before it has: so it is the end of each way.
 *
 * For the outbox `errors`, which leads to two inboxes, it has an inbox `errors` and the outboxes `errors1` and `errors2`.
 */
export class Junction extends Component {
  readonly #ways: readonly Way[]
  readonly #words: readonly Outbox<Control>[]

  /**
   * @param boxes - the outboxes of the part and how many inboxes each leads to, but for `signal`
   * @param words - how many inboxes `signal` leads to
   */
  constructor(boxes: ReadonlyMap<string, number>, words: number) {
    super()
    this.#ways = [...boxes].map(([box, count]) => ({
      inbox: this.adopt(box, new Inbox<unknown>('Messages for several inboxes')),
      outboxes: this.#many(box, count, 'The same messages'),
    }))
    this.#words = this.#many('signal', words, 'Why the part ended', 'control')
  }

  protected override accounting(): Counts {
    let entered = 0
    for (const { inbox, outboxes } of this.#ways) entered += inbox.taken * (outboxes.length - 1)
    return { entered }
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return this.#finish(word)
      let moved = false
      for (const way of this.#ways) moved = pass(way) || moved
      if (word && !this.#ways.some(({ inbox }) => inbox.ready)) return this.#finish(word)
      if (moved) yield
      else yield this.pause()
    }
  }

  #finish(word: Control): void {
    for (const outbox of this.#words) outbox.send(word)
  }

  #many<T>(box: string, count: number, doc: string, role?: Role): Outbox<T>[] {
    return Array.from({ length: count }, (_, i) =>
      this.adopt(`${box}${i + 1}`, new Outbox<T>(doc, { role: role ?? 'data' })),
    )
  }
}

/** Passes on what there is room for; false when that is nothing. */
function pass({ inbox, outboxes }: Way): boolean {
  let left = MESSAGES_PER_STEP
  for (; left > 0 && inbox.ready && !outboxes.some(({ full }) => full); left--) {
    const message = inbox.recv()
    for (const outbox of outboxes) outbox.send(message)
  }
  return left < MESSAGES_PER_STEP
}
