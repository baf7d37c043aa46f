import type { ServerResponse } from 'node:http'

/** Maximum number of unread bytes of a client: beyond that it gets no more. */
const MAX_UNREAD = 262_144
/** A client that lags for longer is disconnected. */
const MAX_LAG_MS = 10_000

/**
 * Sends server-sent events to one client. It never waits: while the client reads too slowly, `ready` is false, and events
 * should not be created.
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

  /** Whether the client has read enough of what it was sent. Disconnects a client that has lagged for `MAX_LAG_MS`. */
  get ready(): boolean {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return false
    if (response.writableLength <= MAX_UNREAD) {
      this.#slowSince = undefined
      return true
    }
    const now = performance.now()
    this.#slowSince ??= now
    if (now - this.#slowSince > MAX_LAG_MS) response.destroy()
    return false
  }

  /**
   * Sends one event, even if the client is slow: check `ready` first.
   *
   * @param json - the data of the event: JSON is always one line
   */
  send(event: string, json: string): void {
    this.#response.write(`event: ${event}\ndata: ${json}\n\n`)
  }

  /** Calls back when the client has disconnected; at once if it already has. */
  onClose(leave: () => void): void {
    if (this.#response.destroyed) leave()
    else this.#response.once('close', leave)
  }

  /** Ends it. */
  end(): void {
    this.#response.end()
  }
}
