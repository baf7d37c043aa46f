import type { Address } from '@udpng/basic-peer'
import { Component, Inbox, type Main, Outbox } from '@udpng/core'
import type { Letter } from '@udpng/peers'

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

  constructor(targets: readonly Address[]) {
    super()
    this.#targets = targets
  }

  override *main(): Main {
    let finishing = false
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') {
        this.signal.send(word)
        return
      }
      finishing ||= word !== undefined
      if (finishing && !this.inbox.ready) return
      let left = LETTERS_PER_STEP
      while (left > 0 && this.inbox.ready && this.outbox.room >= this.#targets.length) {
        const data = this.inbox.recv() as Buffer
        for (const [host, port] of this.#targets) this.outbox.send([host, port, data])
        left -= this.#targets.length
      }
      if (left > 0) yield this.pause()
      else yield
    }
  }
}
