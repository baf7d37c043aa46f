import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import { Recency } from './recency.js'
import { Roster } from './roster.js'
import type { Session } from './session.js'

/** How long a session that was asked to finish may take over it: as long as the scheduler gives those that it shuts down. */
const GRACE_MS = 1000

/** How long sessions live: those that are idle are asked to finish, and those that take too long over it to shut down. */
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

  /** When the next session's time is over, if nothing happens before: one alarm for all of them. */
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

  /** A datagram of this session has come or gone just now. */
  use(session: Session): void {
    if (session.retired) return
    session.since = this.#now()
    this.roster.renew(session)
  }

  /** Asks a session to finish: it is given nothing any more. */
  retire(session: Session): void {
    this.roster.remove(session)
    session.retired = true
    session.since = this.#now()
    this.#retired.renew(session.place)
    session.control.deliver(producerFinished())
  }

  /** A session failed: it is given nothing any more, and not asked for anything. */
  fail(session: Session): void {
    if (!session.retired && !session.ended) this.roster.remove(session)
    session.retired = true
  }

  /** A session has ended. */
  end(session: Session): void {
    if (!session.retired) this.roster.remove(session)
    session.place.leave()
  }

  /**
   * Sees to the sessions whose time is over. One whose first datagram has not been taken is not idle.
   *
   * @returns how many were idle, and are asked to finish
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
