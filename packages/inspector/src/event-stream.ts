import type { ServerResponse } from 'node:http'

/** What one client may leave unread before it is told no more, bytes. */
const MOST_UNREAD = 256 * 1024
/** After so long it is let go. */
const PATIENCE_MS = 10_000

/**
 * Server-sent events to one client. It never waits: while the client reads too slowly, `ready` is false, and what would be sent
 * is better not made.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse
  #slowSince: number | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.flushHeaders()
  }

  /** Whether the client has read enough of what it was sent. One that has not for too long is let go. */
  get ready(): boolean {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return false
    if (response.writableLength <= MOST_UNREAD) {
      this.#slowSince = undefined
      return true
    }
    const now = performance.now()
    this.#slowSince ??= now
    if (now - this.#slowSince > PATIENCE_MS) response.destroy()
    return false
  }

  /**
   * Sends one event, whatever is unread: ask whether it is `ready` first.
   *
   * @param json - what it says: JSON is one line in any case
   */
  send(event: string, json: string): void {
    this.#response.write(`event: ${event}\ndata: ${json}\n\n`)
  }

  /** Calls back when the client is gone. */
  onClose(leave: () => void): void {
    this.#response.once('close', leave)
  }

  /** Ends it. */
  end(): void {
    this.#response.end()
  }
}
