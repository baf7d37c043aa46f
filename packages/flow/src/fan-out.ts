import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'

/** A destination. */
type Address = readonly [host: string, port: number]
/** A letter as a PostboxPeer sends it. */
type Letter = readonly [host: string, port: number, data: Buffer]

/** After so many letters the others get their turn. */
const LETTERS_PER_STEP = 64

/**
 * Sends every message of its inbox as a letter to each of its targets. It takes nothing while `outbox` is full. On
 * producerFinished it first sends what waits.
 */
export class FanOut extends Component {
  readonly inbox: Inbox<Buffer> = new Inbox('Data')
  readonly outbox: Outbox<Letter> = new Outbox('[host, port, data] for each target')
  readonly #targets: readonly Address[]
  /** What is being sent, and to which target next. */
  #data: Buffer | undefined
  #next = 0

  /** @param targets - at least one */
  constructor(targets: readonly Address[]) {
    super()
    this.#targets = targets
  }

  protected override accounting(): Counts {
    const inHand = this.#data ? this.#targets.length - this.#next : 0
    const entered = this.inbox.taken * (this.#targets.length - 1)
    return this.ended ? { entered, dropped: { unsent: inHand } } : { entered, waiting: inHand }
  }

  override *main(): Main {
    for (let turn = LETTERS_PER_STEP; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      this.#data ??= this.inbox.recv()
      if (this.#data && !this.outbox.full) {
        this.#sendNext(this.#data)
        if (--turn > 0) continue
        yield
      } else if (word && !this.#data) return
      else yield this.pause()
      turn = LETTERS_PER_STEP
    }
  }

  #sendNext(data: Buffer): void {
    const [host, port] = this.#targets[this.#next++] as Address
    this.outbox.send([host, port, data])
    if (this.#next < this.#targets.length) return
    this.#next = 0
    this.#data = undefined
  }
}
