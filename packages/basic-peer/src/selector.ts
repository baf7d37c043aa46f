import { Component, Inbox, type Main, UdpngError } from '@udpng/core'
import { TransportFinder } from './choose-transport.js'
import { debug } from './debug.js'
import { detailsOf } from './system-error.js'
import type { Readiness, Selectable } from './transport.js'

/** A notice of a Selector: true if a socket is ready, or the error of a socket that cannot be watched. */
export type Notice = true | UdpngError

/**
 * A message to a Selector. `add` requests one notice when `socket` is ready; `remove` cancels the request. `join` adds a user;
 * `leave` removes a user and all requests for its socket.
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

/** A request that waits for its notice. */
interface Waiting {
  readonly notify: Inbox<Notice>
}

/**
 * Takes requests to watch sockets, and delivers one notice to the box of the request when the socket is ready. There is one
 * per scheduler; it is created on first use and ends with its last user.
 *
 * Of several requests for one socket and readiness, only the first counts until it fires or is removed. A socket that
 * cannot be watched affects only its own request: the box gets a `TRANSPORT_FAILED` instead of the notice.
 *
 * @see Kamaelia.Internet.Selector
 */
export class Selector extends Component {
  // Unbounded, so that taking a request does not wake all the peers: each has two requests at most.
  readonly requests: Inbox<SelectorRequest> = new Inbox('Requests to watch sockets', {
    capacity: Infinity,
    role: 'internal',
  })
  /** Finds the transports of all its users. */
  readonly transports: TransportFinder = new TransportFinder()
  readonly #watched = new Map<Selectable, Map<Readiness, Waiting>>()
  #users = 0

  override *main(): Main {
    for (;;) {
      for (const request of this.requests)
        try {
          this.#obey(request)
        } catch (thrown) {
          debug(thrown) // an invalid request must not affect others
        }
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
    } else if (request.kind === 'remove') {
      this.#watched.get(request.socket)?.delete(request.ready)
      ignore(request.socket, request.ready)
    } else this.#watch(request.socket, request.ready, request.notify)
  }

  #watch(socket: Selectable, ready: Readiness, notify: Inbox<Notice>): void {
    const requests = this.#watched.get(socket) ?? new Map<Readiness, Waiting>()
    this.#watched.set(socket, requests)
    if (requests.has(ready)) return
    const request = { notify }
    requests.set(ready, request)
    const answer = (notice: Notice): void => {
      // A faulty transport calls twice, or after the request was removed.
      if (requests.get(ready) !== request) return
      requests.delete(ready)
      try {
        notify.deliver(notice)
      } catch (thrown) {
        debug(thrown) // a box that refuses a notice already has one to take
      }
    }
    try {
      socket.watch(ready, () => answer(true))
    } catch (cause) {
      answer(
        new UdpngError('TRANSPORT_FAILED', `cannot watch a socket: ${detailsOf(cause).message}`, {
          cause,
        }),
      )
    }
  }

  #forget(socket: Selectable): void {
    this.#watched.get(socket)?.clear()
    this.#watched.delete(socket)
    ignore(socket, 'read')
    ignore(socket, 'write')
  }
}

function ignore(socket: Selectable, ready: Readiness): void {
  try {
    socket.watch(ready, undefined)
  } catch (thrown) {
    debug(thrown) // no request for it is left
  }
}
