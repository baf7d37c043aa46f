import { Component, type Main, Outbox } from '@udpng/core'

/** Sends messages as fast as there is room, and notes how many. */
export class Source<T> extends Component {
  readonly outbox: Outbox<T> = new Outbox('Messages')
  sent = 0
  readonly #count: number
  readonly #make: (n: number) => T

  constructor(count: number, make: (n: number) => T) {
    super()
    this.#count = count
    this.#make = make
  }

  override *main(): Main {
    for (; this.sent < this.#count; this.sent++) {
      while (this.outbox.full) yield this.pause()
      this.outbox.send(this.#make(this.sent))
    }
  }
}
