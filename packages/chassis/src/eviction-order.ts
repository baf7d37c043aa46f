import { type Place, Recency } from './recency.js'

/** One session in this number, at least, is left to clients that sent one datagram. */
const NEWCOMERS_SHARE = 8

/** The interface of a session for the order. */
export interface Evictable<S> {
  /** Time of the last use, milliseconds. */
  readonly since: number
  /** Its client sent more than one datagram. */
  readonly conversing: boolean
  /** Its place among all sessions, and among those of its host. */
  readonly place: Place<S>
  readonly hostPlace: Place<S>
}

/**
 * The order in which sessions are evicted. Sessions with one datagram go before conversations, as long as
 * they are an eighth of all; otherwise, and within each kind, the least recently used goes first.
 *
 * So a flood from many addresses costs conversations at most an eighth of the places; and newcomers keep that eighth, long
 * enough for a reply, however many conversations there are.
 */
export class EvictionOrder<S extends Evictable<S>> {
  readonly #newcomers = new Recency<S>()
  readonly #conversations = new Recency<S>()
  readonly #place: 'place' | 'hostPlace'

  /** @param place - the place of a session that this order uses */
  constructor(place: 'place' | 'hostPlace') {
    this.#place = place
  }

  /** Number of sessions. */
  get size(): number {
    return this.#newcomers.size + this.#conversations.size
  }

  /** The least recently used session; undefined when there is none. */
  get oldest(): S | undefined {
    const newcomer = this.#newcomers.oldest
    const other = this.#conversations.oldest
    return newcomer && !(other && other.since < newcomer.since) ? newcomer : other
  }

  /** The session to evict first; undefined if there is none. */
  get first(): S | undefined {
    const { size } = this.#newcomers
    return size > 0 && size >= Math.floor(this.size / NEWCOMERS_SHARE)
      ? this.#newcomers.oldest
      : this.oldest
  }

  /** Makes a session the most recently used. */
  renew(session: S): void {
    const kind = session.conversing ? this.#conversations : this.#newcomers
    kind.renew(session[this.#place])
  }
}
