import type { Socket } from 'node:net'

/** Maximum number of connections. A browser that shows the page needs two or three; each costs about 10 kB. */
const MAX_CONNECTIONS = 64

/**
 * The phase of a connection. `fresh`: accepted, not read by the event loop yet. `silent`: has not sent a whole request. `waiting`: its
 * request was accepted and waits for its turn. `answering`: gets a response. `idle`: kept alive after a response. `streaming`: gets
 * events.
 */
export type Phase = 'fresh' | 'silent' | 'waiting' | 'answering' | 'idle' | 'streaming'

interface Place {
  phase: Phase
  /** Whether it has sent a request with the token, or no token is needed. */
  trusted: boolean
  /** Number of the change to this phase: it grows with each change. */
  since: number
}

/**
 * Limits the connections of a server to `MAX_CONNECTIONS`: a further one replaces another.
 *
 * It replaces, in this order: the oldest without the token; of those without it, the oldest whose request waits for its turn; of
 * those with it, the longest idle; the one that has been reading a response for longest. So a client without the token cannot replace one
 * that has it. Three kinds are never replaced: a stream (streams have a limit of their own), a request with the token that waits for its
 * turn (it comes within a second), and a connection that the event loop has not read yet. Without the last exception, a flood of
 * connections would close each one before it is read. If only these are left, the new one is closed.
 */
export class Places {
  readonly #places = new Map<Socket, Place>()
  #changes = 0

  /** Number of connections. */
  get size(): number {
    return this.#places.size
  }

  /** Adds a new connection, or closes it. */
  add(socket: Socket): void {
    if (this.#places.size >= MAX_CONNECTIONS && !this.#makeRoom()) {
      socket.destroy()
      return
    }
    const place: Place = { phase: 'fresh', trusted: false, since: ++this.#changes }
    this.#places.set(socket, place)
    socket.once('close', () => void this.#places.delete(socket))
    // It was accepted in the poll phase of this turn, and can be read in that of the next: between the first of these and the second.
    setImmediate(() =>
      setImmediate(() => {
        if (place.phase === 'fresh') place.phase = 'silent'
      }),
    )
  }

  /** Moves a connection to another phase. */
  enter(socket: Socket, phase: Phase): void {
    const place = this.#places.get(socket)
    if (!place) return
    place.phase = phase
    place.since = ++this.#changes
  }

  /** A connection has sent the token. */
  trust(socket: Socket): void {
    const place = this.#places.get(socket)
    if (place) place.trusted = true
  }

  /** Closes a connection; false if none may be closed. */
  #makeRoom(): boolean {
    let victim: Socket | undefined
    let least = Infinity
    for (const [socket, place] of this.#places) {
      const rank = rankOf(place)
      if (rank >= least) continue
      least = rank
      victim = socket
    }
    if (!victim) return false
    this.#places.delete(victim)
    victim.destroy()
    return true
  }
}

/** The rank of a connection: the lowest is replaced first; `Infinity` never is. */
function rankOf({ phase, trusted, since }: Place): number {
  if (phase === 'fresh' || phase === 'streaming') return Infinity
  if (!trusted) return phase === 'waiting' ? 2 ** 49 + since : since
  if (phase === 'waiting') return Infinity
  return phase === 'answering' ? 2 ** 51 + since : 2 ** 50 + since
}
