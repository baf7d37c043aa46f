import { Component, type Control, Inbox, type Main, Outbox, producerFinished } from '@udpng/core'

/** Which control messages end a probe: both kinds, as with most parts; only shutdown, as with most peers; none. */
export type Obeys = 'both' | 'shutdown' | 'none'

/** A part that notes what it gets, passes it on, and ends on request: by its `control`, or by the test. */
export class Probe<T = unknown> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Messages')
  readonly outbox: Outbox<T> = new Outbox('The same messages')
  readonly aside: Inbox<T> = new Inbox('More messages')
  protected readonly orders: Inbox<() => Control> = new Inbox('What the test wants')
  readonly got: T[] = []
  readonly gotAside: T[] = []
  readonly told: Control[] = []
  started = false
  readonly #obeys: Obeys

  constructor(obeys: Obeys = 'both') {
    super()
    this.#obeys = obeys
  }

  /** Lets it end in its next step, having sent these last messages. */
  finish(...last: T[]): void {
    this.orders.deliver(() => {
      for (const message of last) this.outbox.send(message)
      return producerFinished()
    })
  }

  /** Lets it fail in its next step. */
  fail(why: Error): void {
    this.orders.deliver(() => {
      throw why
    })
  }

  override *main(): Main {
    this.started = true
    for (;;) {
      let end: Control | undefined
      for (const word of this.control) {
        this.told.push(word)
        const heeds =
          this.#obeys === 'both' ||
          (this.#obeys === 'shutdown' && word?.kind === 'shutdownMicroprocess')
        if (heeds) end ??= word
      }
      for (const message of this.inbox) {
        this.got.push(message)
        this.outbox.send(message)
      }
      for (const message of this.aside) this.gotAside.push(message)
      for (const order of this.orders) end ??= order()
      if (end) {
        this.signal.send(end)
        return
      }
      yield this.pause()
    }
  }
}

/** Takes n steps without ever looking into its `control`, then ends. */
export class Deaf extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Not read')
  readonly outbox: Outbox<never> = new Outbox('Nothing')
  readonly #steps: number

  constructor(steps: number) {
    super()
    this.#steps = steps
  }

  override *main(): Main {
    for (let i = 1; i < this.#steps; i++) yield
  }
}

/** Sends what it is given, as far as there is room, and ends. */
export class Source<T> extends Component {
  readonly outbox: Outbox<T> = new Outbox('Items')
  readonly #items: Iterable<T>

  constructor(items: Iterable<T>) {
    super()
    this.#items = items
  }

  override *main(): Main {
    for (const item of this.#items) {
      while (this.outbox.full) yield this.pause()
      this.outbox.send(item)
    }
  }
}

/** Keeps what it gets, and ends when the source has. */
export class Sink<T> extends Component {
  readonly inbox: Inbox<T> = new Inbox('Items')
  readonly got: T[] = []

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      for (const item of this.inbox) this.got.push(item)
      if (word) {
        this.signal.send(word)
        return
      }
      yield this.pause()
    }
  }
}
