import {
  Component,
  Inbox,
  type Main,
  Outbox,
  producerFinished,
  type ShutdownMicroprocess,
  shutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import type { BoxOf, Fits, Sends, Takes } from './fits.js'
import { Recency } from './recency.js'
import { type Desk, type Reply, Session, type Source } from './session.js'
import { noStats, type SessionsStats } from './sessions-stats.js'

/** Options of a Sessions: all optional. */
export interface SessionsOptions {
  /**
   * A session ends when no datagram has come or gone for so long, milliseconds: a number >= 1; with `Infinity` it never
   * does (default 60 000).
   */
  readonly idleMs?: number
  /** At most so many sessions: a whole number >= 1 (default 1024). */
  readonly capacity?: number
}

/** A child, as it is if datagrams fit it and its messages fit letters; else why not, for people to read in the compiler's message. */
type Child<C> = C extends Component
  ? [
      Fits<Outbox<Buffer>, BoxOf<C, 'inbox'>>,
      Fits<Exclude<BoxOf<C, 'outbox'>, undefined>, Inbox<string | Uint8Array>>,
    ] extends [true, true]
    ? C
    : {
        readonly 'a session gives': Buffer
        readonly 'this child takes': Takes<BoxOf<C, 'inbox'>>
        readonly 'a session sends': string | Uint8Array
        readonly 'this child sends': Sends<BoxOf<C, 'outbox'>>
      }
  : never

/** After so many datagrams the others, the children above all, get their turn. */
const DATAGRAMS_PER_STEP = 64
/** How long a session that was told to end may take over it: as long as the scheduler gives those that it shuts down. */
const GRACE_MS = 1000
/** How many sessions are asked whether they may be evicted, the least recently used first. */
const MOST_ASKED = 8

/**
 * Gives each source of datagrams a child of its own, and sends what the child sends back to that source.
 *
 * The first datagram `[data, [host, port]]` of an address starts its session: `make` is called with the address, and
 * gives a component, a pipeline or a graph. Its `inbox` gets the data, the very same buffers, in order; what leaves its
 * `outbox`, if it has one, leaves here as `[host, port, data]`. Another port of the same host is another session.
 *
 * A session ends with its child. The next datagram of that address starts a new one. Nothing having come or gone for
 * `idleMs`, the child is told producerFinished; so is that of the least recently used session when a new source comes
 * while there are `capacity`. It is given nothing any more, and has a second to end before it is shut down. A session
 * whose first datagram has not been taken is never made to end so; when eight in a row are as new as that, or as many
 * as `capacity` are still ending, it is the newcomer's datagram that is dropped.
 *
 * A child whose inbox is full holds up nobody: its datagram is dropped, or, if that inbox is one that drops, what it
 * chooses. While `outbox` is full, 64 messages of each child wait, and the children are held up. `stats` counts every
 * datagram that was dropped, by reason. Unlinked, `outbox` discards and counts.
 *
 * `starts` and `ends` tell the address of each session that starts and ends, and count them. They hold up nobody: a
 * report that finds its inbox full is let go and counted.
 *
 * A child that fails, or cannot be made, ends its session alone, or the whole run: as the scheduler's `onFailure` says.
 *
 * On producerFinished it first passes on what still waits, tells the children the same, and ends when all of them have;
 * one that is idle meanwhile is shut down as ever. On shutdownMicroprocess it ends at once, and the children are shut
 * down.
 *
 * @example
 * const sessions = new Sessions(() => {
 *   let count = 0
 *   return new Transformer((data: Buffer) => `${++count} ${data}`)
 * })
 * await new Graphline(
 *   { UDP: new PostboxPeer({ localPort: 1500 }), SESSIONS: sessions },
 *   { 'UDP.outbox': 'SESSIONS.inbox', 'SESSIONS.outbox': 'UDP.inbox' },
 * ).run()
 *
 * @see Kamaelia.Chassis.ConnectedServer
 */
export class Sessions<C extends Component = Component> extends Component {
  readonly inbox: Inbox<readonly [data: Buffer, from: Source]> = new Inbox(
    '[data, [host, port]] of each datagram',
  )
  readonly outbox: Outbox<Reply> = new Outbox('[host, port, data] to send')
  readonly starts: Outbox<Source> = new Outbox('[host, port] of each session that starts')
  readonly ends: Outbox<Source> = new Outbox('[host, port] of each session that ended')
  readonly #make: (source: Source) => Component
  readonly #idleMs: number
  readonly #capacity: number
  readonly #stats: SessionsStats = noStats()
  /** Those that are not retired, by source. */
  readonly #sessions = new Map<string, Session>()
  /** The same, by use. */
  readonly #active = new Recency<Session>()
  /** Those that were told to end, and not yet to shut down. */
  readonly #retired = new Recency<Session>()
  /** Those with a letter for which there was no room. Room wakes this component by itself: nobody owns the box. */
  readonly #waiting = new Inbox<Session>('Sessions with letters', { capacity: Infinity })
  readonly #desk: Desk = {
    outbox: this.outbox,
    sent: (session, letters) => {
      this.#stats.sent += letters
      this.#use(session)
    },
    wait: (session) => void this.#waiting.deliver(session),
    leave: (session) => this.#forget(session),
  }

  /**
   * @param make - makes the child for a source; called once for each session, and must give a new component
   * @param options.idleMs - a session ends when no datagram has come or gone for so long, milliseconds: a number >= 1,
   *   or `Infinity` (default 60 000)
   * @param options.capacity - at most so many sessions: a whole number >= 1 (default 1024)
   * @throws {UdpngError} `BAD_OPTION` for what is no function, for a value that is none, and for another option
   */
  constructor(make: (source: Source) => Child<C>, options: SessionsOptions = {}) {
    super()
    demand(typeof make === 'function', 'make', make, 'a function of [host, port]')
    demand(Object(options) === options, 'options', options, 'an object')
    const { idleMs = 60_000, capacity = 1024, ...others } = options
    const [other] = Object.keys(others)
    if (other !== undefined)
      throw new UdpngError(
        'BAD_OPTION',
        `Sessions has no option ${other}; it has idleMs and capacity`,
      )
    demand(
      typeof idleMs === 'number' && idleMs >= 1,
      'idleMs',
      idleMs,
      'a number >= 1 of milliseconds, or Infinity',
    )
    demand(Number.isInteger(capacity) && capacity >= 1, 'capacity', capacity, 'a whole number >= 1')
    this.#make = make as unknown as (source: Source) => Component
    this.#idleMs = idleMs
    this.#capacity = capacity
  }

  /** What was counted so far. */
  get stats(): Readonly<SessionsStats> {
    return { ...this.#stats, dropped: { ...this.#stats.dropped } }
  }

  override *main(): Main {
    const shutdown = (yield* this.#serve()) ?? (yield* this.#finish())
    if (shutdown) this.signal.send(shutdown)
  }

  /** Until it is told to finish, and all that waited is passed on, or to shut down: then it returns that. */
  *#serve(): Generator<undefined, ShutdownMicroprocess | undefined, void> {
    for (let finishing = false; ; ) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      finishing ||= word !== undefined
      const now = this.#tend()
      for (let left = DATAGRAMS_PER_STEP; left > 0 && this.inbox.ready; left--)
        this.#pass(this.inbox.recv() as readonly [Buffer, Source])
      if (this.inbox.ready) yield
      else if (finishing) return undefined
      else yield this.pause(this.#due - now)
    }
  }

  /** Until all sessions have ended, or it is told to shut down: then it returns that. */
  *#finish(): Generator<undefined, ShutdownMicroprocess | undefined, void> {
    for (const session of this.#sessions.values()) session.control.deliver(producerFinished())
    while (this.#living > 0) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      const now = this.#tend()
      yield this.pause(this.#due - now)
    }
    return undefined
  }

  /** Sees to the sessions that wait for room, and to those whose time is over; returns what time it is. */
  #tend(): number {
    // Each takes some of the room, or waits again: so at most as many as there is room for.
    for (let { room } = this.outbox; room > 0 && this.#waiting.ready; room--)
      this.#waiting.recv()?.goOn()
    const now = this.scheduler.clock.now()
    for (;;) {
      const session = this.#active.oldest
      if (!session || session.since + this.#idleMs > now) break
      if (!session.through) this.#use(session)
      else {
        this.#stats.idle++
        this.#retire(session)
      }
    }
    for (;;) {
      const session = this.#retired.oldest
      if (!session || session.since + GRACE_MS > now) break
      session.place.leave()
      session.control.deliver(shutdownMicroprocess())
    }
    return now
  }

  /** When the next session's time is over, if nothing happens before: one alarm for all of them. */
  get #due(): number {
    const idleAt = (this.#active.oldest?.since ?? Infinity) + this.#idleMs
    const overAt = (this.#retired.oldest?.since ?? Infinity) + GRACE_MS
    return Math.min(idleAt, overAt)
  }

  /** Sessions that have not ended. */
  get #living(): number {
    return this.#stats.started - this.#stats.ended
  }

  /** Passes a datagram on to its session, or drops it. */
  #pass([data, source]: readonly [Buffer, Source]): void {
    this.#stats.received++
    let session = this.#sessions.get(keyOf(source))
    if (session?.childEnded) this.#retire(session)
    if (!session || session.retired) session = this.#admit(source)
    const lost = session ? session.take(data) : 'noRoom'
    if (lost) this.#stats.dropped[lost]++
    else if (session) this.#use(session)
  }

  /** Starts the session of a new source; undefined when there is no room for it. */
  #admit(source: Source): Session | undefined {
    if (this.#living >= 2 * this.#capacity) return undefined
    if (this.#sessions.size >= this.#capacity && !this.#evict()) return undefined
    const session = new Session(source, this.#make, this.#desk)
    this.#sessions.set(keyOf(source), session)
    this.#use(session)
    this.#stats.started++
    this.#report(this.starts, source)
    return this.activate(session)
  }

  /** Makes room for one session; false when all that it asks are new. */
  #evict(): boolean {
    for (let left = MOST_ASKED; left > 0; left--) {
      const session = this.#active.oldest
      if (session?.through) {
        this.#stats.evicted++
        this.#retire(session)
        return true
      }
      // Its time begins anew, so that it does not stand before those that may go.
      if (session) this.#use(session)
    }
    return false
  }

  #use(session: Session): void {
    if (session.retired) return
    session.since = this.scheduler.clock.now()
    this.#active.renew(session.place)
  }

  /** Tells a session to end: it is given nothing any more. */
  #retire(session: Session): void {
    this.#sessions.delete(keyOf(session.source))
    session.retired = true
    session.since = this.scheduler.clock.now()
    this.#retired.renew(session.place)
    session.control.deliver(producerFinished())
  }

  #forget(session: Session): void {
    const { place, retired, source, unread, unsent } = session
    place.leave()
    if (!retired) this.#sessions.delete(keyOf(source))
    this.#stats.ended++
    this.#stats.dropped.unread += unread
    this.#stats.dropped.unsent += unsent
    this.#report(this.ends, source)
  }

  #report(box: Outbox<Source>, source: Source): void {
    if (box.full) this.#stats.lostReports++
    else box.send(source)
  }
}

function keyOf([host, port]: Source): string {
  return `${host} ${port}`
}

function demand(ok: boolean, what: string, value: unknown, must: string): void {
  if (!ok) throw new UdpngError('BAD_OPTION', `${what} is ${String(value)}; it must be ${must}`)
}
