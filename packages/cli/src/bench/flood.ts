import { Component, Inbox, type Main, Outbox } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'

/** Maximum number of datagrams in flight: the smallest receive buffer holds them. */
const WINDOW = 128
/** Timeout after which a datagram counts as lost. */
const TIMEOUT_MS = 100

/** Sends the next datagram for each one that arrived, for the duration given. */
export class Flood extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams that arrived')
  readonly outbox: Outbox<Buffer> = new Outbox('Datagrams')
  readonly #payload: Buffer
  readonly #ms: number

  constructor(bytes: number, ms: number) {
    super()
    this.#payload = Buffer.alloc(bytes)
    this.#ms = ms
  }

  override *main(): Main {
    const { clock } = this.scheduler
    const end = clock.now() + this.#ms
    let underWay = 0
    let arrivedAt = clock.now()
    for (let now = arrivedAt; now < end; now = clock.now()) {
      if (this.readControl()) return
      for (const _ of this.inbox) {
        underWay = Math.max(0, underWay - 1)
        arrivedAt = now
      }
      if (now - arrivedAt >= TIMEOUT_MS) {
        underWay = 0
        arrivedAt = now
      }
      for (; underWay < WINDOW && !this.outbox.full; underWay++) this.outbox.send(this.#payload)
      yield this.pause(arrivedAt + TIMEOUT_MS - now)
    }
  }
}
