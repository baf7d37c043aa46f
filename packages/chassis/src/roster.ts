import { type Client, hostOf } from './client.js'
import { EvictionOrder } from './eviction-order.js'
import { Place, Recency } from './recency.js'
import type { Session } from './session.js'

/** The sessions of one host. */
export class Host {
  readonly key: string
  readonly sessions: EvictionOrder = new EvictionOrder('hostPlace')
  /** Among the hosts with as many sessions. */
  readonly place: Place<Host> = new Place<Host>(this)

  constructor(key: string) {
    this.key = key
  }
}

/** The sessions that may be given datagrams: by client, by host, and in the order of use. All of it is O(1). */
export class Roster {
  readonly #byClient = new Map<string, Session>()
  readonly #byUse = new EvictionOrder('place')
  readonly #hosts = new Map<string, Host>()
  /** Hosts by their number of sessions, and the highest such number. */
  readonly #bySize = new Map<number, Recency<Host>>()
  #maxSize = 0

  get size(): number {
    return this.#byClient.size
  }

  /** The least recently used session; undefined when there is none. */
  get oldest(): Session | undefined {
    return this.#byUse.oldest
  }

  get(client: Client): Session | undefined {
    return this.#byClient.get(keyOf(client))
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#byClient.values()
  }

  add(session: Session): void {
    this.#byClient.set(keyOf(session.client), session)
    const key = hostOf(session.client[0])
    const host = this.#hosts.get(key) ?? new Host(key)
    this.#hosts.set(key, host)
    session.host = host
    this.renew(session)
    this.#sort(host, 1)
  }

  /** It was used just now. */
  renew(session: Session): void {
    this.#byUse.renew(session)
    session.host?.sessions.renew(session)
  }

  remove(session: Session): void {
    const { client, host, place, hostPlace } = session
    if (!host) return
    this.#byClient.delete(keyOf(client))
    place.leave()
    hostPlace.leave()
    session.host = undefined
    this.#sort(host, -1)
    if (host.sessions.size === 0) this.#hosts.delete(host.key)
  }

  /**
   * The sessions of which one is to make room for a client: those of its own host, if that has its share; those of the host
   * that has most, if that is more than a share; otherwise all.
   *
   * @param share - sessions that one host may keep
   */
  candidates([address]: Client, share: number): EvictionOrder {
    const own = this.#hosts.get(hostOf(address))
    if (own && own.sessions.size >= share) return own.sessions
    const largest = this.#bySize.get(this.#maxSize)?.oldest
    return largest && this.#maxSize > share ? largest.sessions : this.#byUse
  }

  /** Moves a host, whose number of sessions has changed by one, to those with as many. */
  #sort(host: Host, change: 1 | -1): void {
    const { size } = host.sessions
    host.place.leave()
    if (size > 0) {
      const equals = this.#bySize.get(size) ?? new Recency<Host>()
      this.#bySize.set(size, equals)
      equals.renew(host.place)
    }
    if (this.#bySize.get(size - change)?.size === 0) this.#bySize.delete(size - change)
    if (size > this.#maxSize || !this.#bySize.has(this.#maxSize)) this.#maxSize = size
  }
}

function keyOf([host, port]: Client): string {
  return `${host} ${port}`
}
