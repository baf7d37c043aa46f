import {
  Component,
  type Counts,
  ErrorOutbox,
  Inbox,
  type Main,
  Outbox,
  producerFinished,
  type ShutdownMicroprocess,
  UdpngError,
} from '@udpng/core'
import { badOption } from '@udpng/core/options'
import { type Address, type Datagram, formatAddress, type Letter } from '@udpng/datagram'
import type { Child } from './child.js'
import { Lifetimes } from './lifetimes.js'
import { Places } from './places.js'
import { Recency } from './recency.js'
import { type Desk, Session } from './session.js'
import { type SessionsOptions, settle } from './sessions-options.js'
import { noStats, type SessionsDrops, type SessionsStats } from './sessions-stats.js'
import { isShortage } from './shortage.js'

/** Maximum number of datagrams per step: then other components, especially the children, get their turn. */
const DATAGRAMS_PER_STEP = 64
/** Maximum number of sessions tried for one eviction. */
const MAX_ASKED = 8

/**
 * Passes each client's datagrams to a child of its own, and sends the child's messages back to that client.
 *
 * The first datagram `[data, [host, port]]` of an address starts its session: `make` is called with the address, and
 * returns a component, a pipeline or a graph. Its `inbox` gets the data, the same buffers, in order. Messages from its
 * `outbox`, if it has one, leave here as `[host, port, data]`. Another port of the same host is another client. If the datagrams have
 * details, the letters leave as `[host, port, data, local]`, with the address that the client sent to last.
 *
 * A session ends with its child; the next datagram of that address starts a new one. After `idleMs` without a datagram in either
 * direction, the child gets producerFinished and no more datagrams, and is shut down after a second. The same happens to
 * an evicted session: when a new client comes and there are `capacity` sessions, one is evicted. It is one of the client's own
 * host, if that host has `perHost` sessions; otherwise one of the largest host, if that has more; otherwise any. Sessions with one
 * datagram are evicted before conversations, as long as they are an eighth of all; otherwise the least recently used one is. A
 * session whose first datagram is still queued is not evicted. After eight of those in a row, or
 * while `capacity` sessions are still ending, the new client's datagram is dropped.
 *
 * A child that fails, or cannot be created, ends only its session: it is closed at once, with everything it started, and
 * `errors` reports why. If the cause is a shortage of system resources (descriptors, ports, buffers, memory), the number of
 * sessions that fit becomes the limit, another session is evicted, and the limit is raised again after a second.
 *
 * A child whose inbox is full does not slow down the others: the datagram for it is dropped, or the message that its inbox chooses,
 * if it is one that drops. While `outbox` is full, 64 messages of each child wait; then backpressure slows the children. `stats`
 * counts every dropped datagram by reason. Unlinked, `outbox` discards letters and counts them.
 *
 * `starts` and `ends` report the address of each session that starts and ends, and count them; `errors` reports each
 * failed session. A report never waits: if the inbox is full, it is dropped and counted.
 *
 * On producerFinished it passes on the queued datagrams, sends the children producerFinished, and ends when all of them have;
 * a child that becomes idle meanwhile is shut down as usual. On shutdownMicroprocess it ends at once, and the children are shut
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
export class Sessions<C = Component> extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('[data, [host, port]] of each datagram')
  readonly outbox: Outbox<Letter> = new Outbox('[host, port, data] to send')
  readonly starts: Outbox<Address> = new Outbox('[host, port] of each session that starts', {
    role: 'report',
  })
  readonly ends: Outbox<Address> = new Outbox('[host, port] of each session that ended', {
    role: 'report',
  })
  /** `SESSION_FAILED` with `address`, `port` and `cause` for each session that failed. */
  readonly errors: ErrorOutbox = new ErrorOutbox('Why sessions failed')
  readonly #make: (client: Address) => Component
  readonly #options: Required<SessionsOptions>
  readonly #places: Places
  readonly #stats: SessionsStats = noStats()
  readonly #lifetimes: Lifetimes
  /** Sessions with a letter for which there was no room. Room wakes this component: it owns the outbox. */
  readonly #waiting = new Recency<Session>()
  readonly #desk: Desk

  /**
   * @param make - creates the child for a client; called once for each session, must return a new component
   * @param options.idleMs - idle timeout of a session without a datagram in either direction, milliseconds: a number >= 1,
   *   or `Infinity` (default 60 000)
   * @param options.capacity - maximum number of sessions: a whole number >= 1 (default 1024)
   * @param options.perHost - number of sessions that one host, or one IPv6 /64 network, may keep when all places are taken: a
   *   whole number >= 1 (default: a quarter of `capacity`)
   * @param options.onChildFailure - `"isolate"` (default): a failed child ends only its session; `"stop"`: `onFailure` of the
   *   scheduler decides
   * @throws {UdpngError} `BAD_OPTION` for a `make` that is not a function, and for an unknown or invalid option
   */
  constructor(make: (client: Address) => Child<C>, options?: SessionsOptions) {
    super()
    if (typeof make !== 'function')
      throw badOption('create Sessions', 'make', make, 'a function of [host, port]')
    this.#make = make as unknown as (client: Address) => Component
    this.#options = settle(options)
    this.#places = new Places(this.#options.capacity)
    this.#lifetimes = new Lifetimes(this.#options.idleMs, () => this.scheduler.clock.now())
    const waiting = this.#waiting
    this.#desk = {
      outbox: this.outbox,
      get busy() {
        return waiting.size > 0
      },
      sent: (session, letters) => {
        this.#stats.sent += letters
        this.#lifetimes.use(session)
      },
      wait: ({ letterPlace }) => waiting.renew(letterPlace),
      unread: (session, datagrams) => this.#lose(session, datagrams),
      leave: (session) => this.#forget(session),
    }
  }

  /** A copy of the counters. They are final once the last child has ended. */
  get stats(): Readonly<SessionsStats> {
    const stats = structuredClone(this.#stats)
    stats.lostReports += this.errors.lost
    return stats
  }

  /** Datagrams go directly into the inboxes of the children, and their letters to `outbox`, without a box in between. */
  protected override accounting(): Counts {
    const { passed, sent, undelivered } = this.#stats
    return { in: sent, out: passed, dropped: undelivered }
  }

  override *main(): Main {
    return (yield* this.#serve()) ?? (yield* this.#finish())
  }

  /** Serves until producerFinished, after passing on the queued datagrams, or until a shutdownMicroprocess, which it returns. */
  *#serve(): Generator<undefined, ShutdownMicroprocess | undefined, void> {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      const now = this.#tend()
      for (let left = DATAGRAMS_PER_STEP; left > 0 && this.inbox.ready; left--)
        this.#pass(this.inbox.recv() as Datagram)
      if (this.inbox.ready) yield
      else if (word) return undefined
      else yield this.pause(this.#lifetimes.due - now)
    }
  }

  /** Waits until all sessions have ended, or until a shutdownMicroprocess, which it returns. */
  *#finish(): Generator<undefined, ShutdownMicroprocess | undefined, void> {
    for (const session of this.#lifetimes.roster) session.control.deliver(producerFinished())
    while (this.#living > 0) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      const now = this.#tend()
      yield this.pause(this.#lifetimes.due - now)
    }
    return undefined
  }

  /** Sends letters that wait for room, and ends idle and overdue sessions. Returns the time. */
  #tend(): number {
    // Each sends all it has, or fills the outbox.
    while (this.#waiting.oldest && !this.outbox.full) this.#waiting.oldest.post()
    this.#stats.idle += this.#lifetimes.tend()
    return this.scheduler.clock.now()
  }

  /** Sessions that have not ended. */
  get #living(): number {
    return this.#stats.started - this.#stats.ended
  }

  /** Passes a datagram on to its session, or drops it. */
  #pass(datagram: Datagram): void {
    const client = datagram[1]
    this.#stats.received++
    let session = this.#lifetimes.roster.get(client)
    if (session?.childEnded) {
      this.#lifetimes.retire(session)
      session = undefined
    }
    const isNew = !session
    session ??= this.#admit(client)
    if (!session) {
      this.#refuse(this.#places.short ? 'shortage' : 'noRoom')
      return
    }
    const { passed, dropped } = session.take(datagram)
    if (passed) this.#stats.passed++
    if (dropped && passed) this.#stats.dropped[dropped]++
    else if (dropped) this.#refuse(dropped)
    else {
      session.conversing ||= !isNew
      this.#lifetimes.use(session)
    }
  }

  /** Counts a datagram that is not put into the inbox of a child. */
  #refuse(reason: keyof SessionsDrops): void {
    this.#stats.undelivered[reason]++
    this.#stats.dropped[reason]++
  }

  /** Starts the session of a new client; undefined when there is no room for it. */
  #admit(client: Address): Session | undefined {
    const places = this.#places
    places.grow(this.scheduler.clock.now())
    const full = this.#living >= places.total
    // While all places are taken also by those that are ending, one more ends only if more than enough are active.
    const tooMany = full ? places.active + 1 : Math.max(1, places.active)
    if ((this.#lifetimes.roster.size >= tooMany && !this.#evict(client)) || full) return undefined
    const session = new Session(client, this.#make, this.#desk)
    this.#lifetimes.begin(session)
    this.#stats.started++
    this.#report(this.starts, client)
    return this.activate(session, formatAddress(client), Session.name)
  }

  /** Evicts one session; false if all that it tries are too new. */
  #evict(client: Address): boolean {
    const { capacity, perHost } = this.#options
    const share = Math.ceil((perHost * Math.max(1, this.#places.active)) / capacity)
    const candidates = this.#lifetimes.roster.candidates(client, share)
    for (let left = MAX_ASKED; left > 0; left--) {
      const session = candidates.first
      if (session?.through) {
        this.#stats.evicted++
        this.#lifetimes.retire(session)
        return true
      }
      // Its time begins anew, so that it does not stand before those that can make room.
      if (session) this.#lifetimes.use(session)
    }
    return false
  }

  protected override onChildFailure(child: Component, failure: UdpngError): boolean {
    const isolates = this.#options.onChildFailure === 'isolate'
    const session = child as Session
    // What is closed for it may fail, too.
    if (session.failure) return isolates
    session.failure = failure
    this.#stats.failed++
    this.#stats.dropped.unread -= session.unread
    this.#stats.dropped.failed += session.unread
    if (isolates)
      this.errors.report('SESSION_FAILED', () => this.#failureOf(session.client, failure))
    this.#lifetimes.fail(session)
    if (isShortage(failure)) this.#limit(session)
    return isolates
  }

  #failureOf([address, port]: Address, cause: UdpngError): UdpngError {
    return new UdpngError(
      'SESSION_FAILED',
      `the session of ${formatAddress([address, port])} failed: ${cause.message}`,
      { cause, component: this.name, address, port },
    )
  }

  /** A session failed from a shortage: the number of living sessions becomes the limit. */
  #limit({ client, ended }: Session): void {
    this.#places.limit(this.#living - (ended ? 0 : 1), this.scheduler.clock.now())
    if (!this.ended && this.#lifetimes.roster.size > this.#places.active) this.#evict(client)
  }

  /** Counts datagrams that a child left in its inbox. */
  #lose(session: Session, datagrams: number): void {
    this.#stats.dropped[session.failure ? 'failed' : 'unread'] += datagrams
    session.unread += datagrams
  }

  #forget(session: Session): void {
    this.#lifetimes.end(session)
    session.letterPlace.leave()
    this.#stats.ended++
    this.#stats.dropped.unsent += session.unsent
    this.#report(this.ends, session.client)
  }

  #report<T>(box: Outbox<T>, report: T): void {
    if (box.full) this.#stats.lostReports++
    else box.send(report)
  }
}
