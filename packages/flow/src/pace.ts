import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'

/** Options of a Pace: all optional. */
export interface PaceOptions {
  /** At most so many messages a second, evenly; a number above 0 (default `Infinity`). */
  readonly rate?: number | undefined
  /** Each message so many times; a whole number >= 1 (default 1). */
  readonly repeat?: number | undefined
}

/** After so many messages the others get their turn. */
const MESSAGES_PER_STEP = 256
/** Timers are late by this much and more: so much is made up for, and no more, so that nothing comes in a burst. */
const LATE_MS = 20

/**
 * Sends each message of its inbox so many times, and at most so many a second.
 *
 * It takes nothing while `outbox` is full, or before the next one is due. On producerFinished it first sends all that
 * waits, at its pace; after `stop()` only what is due by now.
 */
export class Pace<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('The same, at the pace')
  protected readonly stops: Inbox<true> = new Inbox('Told to send nothing that is not due', {
    role: 'internal',
  })
  readonly #intervalMs: number
  readonly #repeat: number
  /** How often the present message is still to be sent. */
  #left = 0
  /** Sendings beyond the first of each message. */
  #copies = 0
  #dropped = 0

  constructor({ rate = Infinity, repeat = 1 }: PaceOptions = {}) {
    super()
    this.#intervalMs = 1000 / rate
    this.#repeat = repeat
  }

  /** Messages, each as often as it was to be sent, that were not. */
  get dropped(): number {
    return this.#dropped + this.inbox.dropped * this.#repeat
  }

  /** Sends nothing any more that is not due by now. Anybody may call it, at any time. */
  stop(): void {
    this.stops.deliver(true)
  }

  protected override accounting(): Counts {
    return {
      entered: this.#copies,
      waiting: this.#left,
      dropped: { unsent: this.#dropped },
    }
  }

  protected override onEnd(): void {
    this.#drop()
  }

  #drop(): void {
    this.#dropped += this.#left
    this.#left = 0
  }

  override *main(): Main {
    const { clock } = this.scheduler
    let due = clock.now()
    let message: T | undefined
    for (let turn = MESSAGES_PER_STEP; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (this.stops.ready) {
        // One of each is due now, if there is no rate.
        this.#drop()
        if (this.#intervalMs > 0) return
      }
      if (this.#left === 0 && this.inbox.ready) {
        message = this.inbox.recv() as T
        this.#left = this.stops.ready ? 1 : this.#repeat
        this.#copies += this.#left - 1
      }
      const now = clock.now()
      if (this.#left === 0) {
        if (word) return
        yield this.pause()
      } else if (this.outbox.full) yield this.pause()
      else if (due > now) yield this.pause(due - now)
      else {
        this.outbox.send(message as T)
        this.#left--
        due = Math.max(due, now - LATE_MS) + this.#intervalMs
        if (--turn > 0) continue
        yield
      }
      turn = MESSAGES_PER_STEP
    }
  }
}
