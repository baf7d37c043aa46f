import type { MessagePicture } from '../../src/protocol.js'
import { Refused } from './ask.js'
import { after, eventsOf } from './events.js'

/** Maximum number of messages shown. */
const MAX_MESSAGES = 50
const RETRY_MS = 1000

/** The messages that pass one box, newest first, from now until `close`. */
export class MessageWatch {
  #messages: readonly MessagePicture[] = []
  readonly #closing = new AbortController()
  readonly #changed: (messages: readonly MessagePicture[], lost: boolean) => void

  constructor(box: string, changed: (messages: readonly MessagePicture[], lost: boolean) => void) {
    this.#changed = changed
    void this.#follow(box)
  }

  close(): void {
    this.#closing.abort()
  }

  /** Connects again when the connection is lost; not when it is refused, because the component has ended, say. */
  async #follow(box: string): Promise<void> {
    const { signal } = this.#closing
    for (let refused = false; !refused && !signal.aborted; ) {
      try {
        for await (const { data } of eventsOf('messages', { box }, signal)) {
          this.#messages = [data as MessagePicture, ...this.#messages.slice(0, MAX_MESSAGES - 1)]
          this.#changed(this.#messages, false)
        }
      } catch (error) {
        refused = error instanceof Refused
      }
      if (signal.aborted) return
      this.#changed(this.#messages, true)
      await after(RETRY_MS, signal)
    }
  }
}
