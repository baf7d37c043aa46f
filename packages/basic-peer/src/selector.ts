import { Component, Inbox, type Main } from '@udpng/core'
import type { Readiness, Selectable } from './transport.js'

/** What a Selector sends when a socket is ready: nothing but the fact. */
export type Notice = true

/**
 * What a Selector is asked: to `add` a request for one notice when `socket` is ready, to `remove` it, to take
 * note of one more user (`join`), or that one has gone (`leave`), with all requests for its socket.
 */
export type SelectorRequest =
  | {
      readonly kind: 'add'
      readonly socket: Selectable
      readonly ready: Readiness
      readonly notify: Inbox<Notice>
    }
  | { readonly kind: 'remove'; readonly socket: Selectable; readonly ready: Readiness }
  | { readonly kind: 'join' }
  | { readonly kind: 'leave'; readonly socket: Selectable | undefined }

/**
 * Takes requests to watch sockets, and gives one notice to the box named when the socket is ready. One
 * per scheduler, made on first use, ended when nobody uses it any more.
 *
 * Of several requests for one socket and readiness only the first counts, until it fires or is removed.
 *
 * @see Kamaelia.Internet.Selector
 */
export class Selector extends Component {
  // Unbounded, so that taking a request does not wake all the peers: each has two requests at most.
  readonly requests: Inbox<SelectorRequest> = new Inbox('Requests to watch sockets', {
    capacity: Infinity,
    role: 'internal',
  })
  readonly #watched = new Map<Selectable, Set<Readiness>>()
  #users = 0

  override *main(): Main {
    for (;;) {
      for (const request of this.requests) this.#obey(request)
      if ((this.#users === 0 && this.requests.taken > 0) || this.readControl()) return
      yield this.pause()
    }
  }

  protected override onEnd(): void {
    for (const socket of this.#watched.keys()) this.#forget(socket)
  }

  #obey(request: SelectorRequest): void {
    if (request.kind === 'join') this.#users++
    else if (request.kind === 'leave') {
      this.#users--
      if (request.socket) this.#forget(request.socket)
    } else {
      const { socket, ready } = request
      const watched = this.#watched.get(socket) ?? new Set()
      this.#watched.set(socket, watched)
      if (request.kind === 'remove') {
        watched.delete(ready)
        socket.watch(ready, undefined)
      } else if (!watched.has(ready)) {
        watched.add(ready)
        socket.watch(ready, () => {
          watched.delete(ready)
          request.notify.deliver(true)
        })
      }
    }
  }

  #forget(socket: Selectable): void {
    socket.watch('read', undefined)
    socket.watch('write', undefined)
    this.#watched.delete(socket)
  }
}
