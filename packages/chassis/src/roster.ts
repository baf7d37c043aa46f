import { type Address, canonicalHost, networkOf } from '@udpng/datagram'
import { type Evictable, EvictionOrder } from './eviction-order.js'
import { Place, Recency } from './recency.js'

/** The sessions of one host. */
export class Host<S extends Evictable<S>> {
  readonly key: string
  readonly sessions: EvictionOrder<S> = new EvictionOrder('hostPlace')
  /** Its place among the hosts with the same number of sessions. */
  readonly place: Place<Host<S>> = new Place<Host<S>>(this)

  constructor(key: string) {
    this.key = key
  }
}

/** The interface of a session for the roster. */
export interface Member<S extends Evictable<S>> extends Evictable<S> {
  readonly client: Address
  /** Its host, while the roster has it. */
  host: Host<S> | undefined
}

/** Finds active sessions by client, by host, and in the order of use, each in O(1). */
export class Roster<S extends Member<S>> {
  /** By the first spelling of the client's address. Datagrams of one client spell it the same way, so this finds nearly all. */
  readonly #bySpelling = new Map<string, S>()
  /** By the address itself. */
  readonly #byAddress = new Map<string, S>()
  readonly #byUse = new EvictionOrder<S>('place')
  readonly #hosts = new Map<string, Host<S>>()
  /** Hosts by their number of sessions, and the highest such number. */
  readonly #bySize = new Map<number, Recency<Host<S>>>()
  #maxSize = 0

  get size(): number {
    return this.#bySpelling.size
  }

  /** The least recently used session; undefined when there is none. */
  get oldest(): S | undefined {
    return this.#byUse.oldest
  }

  /** The session of a client, however its address is spelled. */
  get(client: Address): S | undefined {
    return this.#bySpelling.get(keyOf(client)) ?? this.#byAddress.get(canonicalKeyOf(client))
  }

  [Symbol.iterator](): Iterator<S> {
    return this.#bySpelling.values()
  }

  add(session: S): void {
    this.#bySpelling.set(keyOf(session.client), session)
    this.#byAddress.set(canonicalKeyOf(session.client), session)
    const key = networkOf(session.client[0])
    const host = this.#hosts.get(key) ?? new Host<S>(key)
    this.#hosts.set(key, host)
    session.host = host
    this.renew(session)
    this.#sort(host, 1)
  }

  /** Makes a session the most recently used. */
  renew(session: S): void {
    this.#byUse.renew(session)
    session.host?.sessions.renew(session)
  }

  /** Removes a session. Does nothing if it was removed before. */
  remove(session: S): void {
    const { client, host, place, hostPlace } = session
    if (!host) return
    this.#bySpelling.delete(keyOf(client))
    this.#byAddress.delete(canonicalKeyOf(client))
    place.leave()
    hostPlace.leave()
    session.host = undefined
    this.#sort(host, -1)
    if (host.sessions.size === 0) this.#hosts.delete(host.key)
  }

  /**
   * Returns the sessions of which one is evicted for a new client: those of its own host, if that has its share; otherwise those of
   * the largest host, if that has more than a share; otherwise all.
   *
   * @param share - sessions that one host may keep
   */
  candidates([address]: Address, share: number): EvictionOrder<S> {
    const own = this.#hosts.get(networkOf(address))
    if (own && own.sessions.size >= share) return own.sessions
    const largest = this.#bySize.get(this.#maxSize)?.oldest
    return largest && this.#maxSize > share ? largest.sessions : this.#byUse
  }

  /** Moves a host, whose number of sessions has changed by one, to the hosts with the same number. */
  #sort(host: Host<S>, change: 1 | -1): void {
    const { size } = host.sessions
    host.place.leave()
    if (size > 0) {
      const equals = this.#bySize.get(size) ?? new Recency<Host<S>>()
      this.#bySize.set(size, equals)
      equals.renew(host.place)
    }
    if (this.#bySize.get(size - change)?.size === 0) this.#bySize.delete(size - change)
    if (size > this.#maxSize || !this.#bySize.has(this.#maxSize)) this.#maxSize = size
  }
}

function keyOf([host, port]: Address): string {
  return `${host} ${port}`
}

function canonicalKeyOf([host, port]: Address): string {
  return keyOf([canonicalHost(host), port])
}
