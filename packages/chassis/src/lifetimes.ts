import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import { Recency } from './recency.js'
import { Roster } from './roster.js'
import type { Session } from './session.js'

/** Time that a session has to finish, milliseconds: the same as the scheduler's grace time for a shutdown. */
const GRACE_MS = 1000

/** Asks idle sessions to finish, and shuts down those that take too long. */
export class Lifetimes {
  /** Sessions that were not asked to finish. */
  readonly roster: Roster<Session> = new Roster()
  /** Sessions that were asked to finish, and not yet to shut down. */
  readonly #retired = new Recency<Session>()
  readonly #idleMs: number
  readonly #now: () => number

  /**
   * @param idleMs - time without a datagram after which a session is asked to finish, milliseconds
   * @param now - the time, milliseconds
   */
  constructor(idleMs: number, now: () => number) {
    this.#idleMs = idleMs
    this.#now = now
  }

  /** Time at which the next session is idle or overdue, if nothing happens before: one timer for all of them. */
  get due(): number {
    const idleAt = (this.roster.oldest?.since ?? Infinity) + this.#idleMs
    const overAt = (this.#retired.oldest?.since ?? Infinity) + GRACE_MS
    return Math.min(idleAt, overAt)
  }

  /** Begins the life of a session. */
  begin(session: Session): void {
    session.since = this.#now()
    this.roster.add(session)
  }

  /** Records a datagram of this session, in either direction. */
  use(session: Session): void {
    if (session.retired) return
    session.since = this.#now()
    this.roster.renew(session)
  }

  /** Asks a session to finish: it gets no more datagrams. */
  retire(session: Session): void {
    this.roster.remove(session)
    session.retired = true
    session.since = this.#now()
    this.#retired.renew(session.place)
    session.control.deliver(producerFinished())
  }

  /** Removes a failed session: it gets no more datagrams, and is not asked to finish. */
  fail(session: Session): void {
    this.roster.remove(session)
    session.retired = true
  }

  /** A session has ended. */
  end(session: Session): void {
    this.roster.remove(session)
    session.place.leave()
  }

  /**
   * Asks idle sessions to finish and shuts down overdue ones. A session whose first datagram is still queued is not idle.
   *
   * @returns the number of idle sessions
   */
  tend(): number {
    const now = this.#now()
    let idle = 0
    for (;;) {
      const session = this.roster.oldest
      if (!session || session.since + this.#idleMs > now) break
      if (!session.through) this.use(session)
      else {
        idle++
        this.retire(session)
      }
    }
    for (;;) {
      const session = this.#retired.oldest
      if (!session || session.since + GRACE_MS > now) break
      session.place.leave()
      session.control.deliver(shutdownMicroprocess())
    }
    return idle
  }
}
