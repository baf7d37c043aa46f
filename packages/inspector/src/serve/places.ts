import type { Socket } from 'node:net'

/** Connections at a time. A browser that shows the page needs two or three; each costs about 10 kB. */
const MAX_CONNECTIONS = 64

/**
 * `fresh`: accepted, and the event loop has not had the time to read from it. `silent`: has not sent a whole request. `waiting`: its
 * request was let in, and waits for its turn. `answering`: is being sent an answer. `idle`: kept alive after an answer. `streaming`: is
 * sent events.
 */
export type Phase = 'fresh' | 'silent' | 'waiting' | 'answering' | 'idle' | 'streaming'

interface Place {
  phase: Phase
  /** Whether it has sent a request with the token, or no token is needed. */
  trusted: boolean
  /** When it came into this phase: a number that grows with each change. */
  since: number
}

/**
 * The connections of a server: at most `MAX_CONNECTIONS`, and a new one gets the place of another.
 *
 * The one that goes is, in this order: the oldest without the token; of those without it the oldest whose request waits for its turn; of
 * those with it the longest idle; the one that reads an answer for longest. So a client without the token cannot take the place of one
 * that has it. Three are left alone: a stream (they have a limit of their own), a request with the token that waits for its turn (it comes
 * within a second), and a connection from which the event loop has not read yet. Without the last exception, a flood of connections would
 * close each one before it is read. When only such are left, the new one is closed.
 */
export class Places {
  readonly #places = new Map<Socket, Place>()
  #changes = 0

  /** Connections now. */
  get size(): number {
    return this.#places.size
  }

  /** Gives a new connection a place, or closes it. */
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

  /** Whether one was closed. */
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

/** The lower, the sooner it goes; `Infinity` stays. */
function rankOf({ phase, trusted, since }: Place): number {
  if (phase === 'fresh' || phase === 'streaming') return Infinity
  if (!trusted) return phase === 'waiting' ? 2 ** 49 + since : since
  if (phase === 'waiting') return Infinity
  return phase === 'answering' ? 2 ** 51 + since : 2 ** 50 + since
}
