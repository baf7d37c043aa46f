import type { MessagePicture } from '../../src/protocol.js'
import { addressOf } from './address.js'

/** More would be read by nobody. */
const MOST_MESSAGES = 50

/** The messages that pass one box, newest first, from now until `close`. */
export class MessageWatch {
  #messages: readonly MessagePicture[] = []
  readonly #source: EventSource

  constructor(box: string, changed: (messages: readonly MessagePicture[], lost: boolean) => void) {
    this.#source = new EventSource(addressOf('messages', { box }))
    this.#source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as MessagePicture
      this.#messages = [message, ...this.#messages.slice(0, MOST_MESSAGES - 1)]
      changed(this.#messages, false)
    })
    // One that is refused, because its component has ended say, is not asked for again.
    this.#source.addEventListener('error', () => changed(this.#messages, true))
  }

  close(): void {
    this.#source.close()
  }
}
