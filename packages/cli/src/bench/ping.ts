import { Component, Inbox, type Main, Outbox } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'

/** Timeout after which a reply counts as lost, milliseconds. */
const TIMEOUT_MS = 200

/** Sends a datagram, waits for the reply, and sends the next, for the duration given; reports the round-trip time of each. */
export class Ping extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Replies')
  readonly outbox: Outbox<Buffer> = new Outbox('Datagrams')
  readonly #payload: Buffer
  readonly #ms: number
  readonly #onReply: (nanoseconds: number) => void
  #lost = 0

  constructor(bytes: number, ms: number, onReply: (nanoseconds: number) => void) {
    super()
    this.#payload = Buffer.alloc(bytes)
    this.#ms = ms
    this.#onReply = onReply
  }

  /** Datagrams without a reply. */
  get lost(): number {
    return this.#lost
  }

  override *main(): Main {
    const end = performance.now() + this.#ms
    while (performance.now() < end) {
      const sentAt = process.hrtime.bigint()
      this.outbox.send(this.#payload)
      const deadline = performance.now() + TIMEOUT_MS
      for (;;) {
        if (this.readControl()) return
        if (this.inbox.recv()) {
          this.#onReply(Number(process.hrtime.bigint() - sentAt))
          break
        }
        const left = deadline - performance.now()
        if (left <= 0) {
          this.#lost++
          break
        }
        yield this.pause(left)
      }
    }
  }
}
