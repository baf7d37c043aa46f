import {
  Component,
  type Control,
  type Counts,
  Inbox,
  type Main,
  Outbox,
  shutdownMicroprocess,
} from '@udpng/core'

/** After so many messages the others get their turn. */
const MESSAGES_PER_STEP = 64

/**
 * Sends the first messages of its inbox on `outbox`, and ends with the last of them; `enough` then tells where they come
 * from to stop. It takes nothing while `outbox` is full. On producerFinished it first sends what waits.
 */
export class First<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('The first of them')
  readonly enough: Outbox<Control> = new Outbox('shutdownMicroprocess, once there were enough', {
    role: 'control',
  })
  readonly #count: number

  /** @param count - how many: a whole number >= 1, or `Infinity` */
  constructor(count: number) {
    super()
    this.#count = count
  }

  /** It drops nothing: what it does not take, its inbox counts. */
  protected override accounting(): Counts {
    return {}
  }

  override *main(): Main {
    for (let left = this.#count; left > 0; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      let turn = Math.min(left, MESSAGES_PER_STEP)
      for (; turn > 0 && this.inbox.ready && !this.outbox.full; turn--, left--)
        this.outbox.send(this.inbox.recv() as T)
      if (left === 0) break
      if (word && !this.inbox.ready) return
      if (turn > 0) yield this.pause()
      else yield
    }
    this.enough.send(shutdownMicroprocess())
  }
}
