import { lookup as systemLookup } from 'node:dns'
import type { ErrorCode } from '@udpng/core'
import {
  type Family,
  isUnixPath,
  kindOfHost,
  parseIp,
  reachOf,
  unixPathObjection,
  unmapped,
} from '@udpng/datagram'
import { detailsOf } from './system-error.js'

export const DEFAULT_LOOKUP_TTL_MS = 30_000

/**
 * Looks up the address of a name, with the signature of `dns.lookup`: that function itself, one that caches, or one
 * for tests.
 */
export type Lookup = (
  hostname: string,
  options: { readonly family: Family },
  answer: (error: NodeJS.ErrnoException | null, address?: string, family?: number) => void,
) => void

/** The reason why a message cannot be sent. */
export interface Objection {
  readonly code: ErrorCode
  readonly why: string
  readonly cause?: unknown
}

/** The result for a host: an IP literal, the reason why there is none, or undefined while the name is being looked up. */
export type Resolution = string | Objection | undefined

/** The cache entry of a name. */
interface Entry {
  readonly found: string | Objection
  /** The last address found, even if a later look-up failed. */
  readonly last: string | undefined
  /** Time of the first use. The age counts from then, so that it serves at least the messages that waited for it. */
  since?: number
}

/** A look-up under way. */
interface Question {
  /** Time at which it fails. */
  readonly due: number
}

/** Options of a resolver. */
interface ResolverOptions {
  readonly family: Family
  /** Whether hosts are the paths of Unix sockets: none is looked up. */
  readonly unix?: boolean
  readonly lookup?: Lookup
  readonly lookupTtlMs?: number
}

/** Maximum number of cached names, without those being looked up; then the oldest is evicted. */
const MAX_NAMES = 1024
/** Maximum number of cached IP literals; then all are evicted, because checking one again costs little. */
const MAX_LITERALS = 1024
/** Timeout of a look-up, milliseconds on the scheduler's clock. */
const LOOKUP_TIMEOUT_MS = 30_000

/**
 * Resolves hosts to IP literals of one family, off the send path. Names are looked up once per `lookupTtlMs`, failures included;
 * literals never are. A name is evicted only by another name, not by literals.
 */
export class Resolver {
  readonly #options: ResolverOptions
  readonly #family: Family
  readonly #lookup: Lookup
  readonly #ttlMs: number
  readonly #onFound: (host: string) => void
  readonly #names = new Map<string, Entry>()
  readonly #literals = new Map<string, string>()
  /** The oldest first. */
  readonly #asked = new Map<string, Question>()

  /** @param onFound - called with each host whose look-up is over */
  constructor(options: ResolverOptions, onFound: (host: string) => void) {
    const { family, lookup = systemLookup, lookupTtlMs = DEFAULT_LOOKUP_TTL_MS } = options
    this.#options = options
    this.#family = family
    this.#lookup = lookup
    this.#ttlMs = lookupTtlMs
    this.#onFound = onFound
  }

  /**
   * Returns the IP literal of a host, the reason why there is none, or undefined.
   *
   * @param now - the time in milliseconds
   * @param mayAsk - whether to look up an unknown name
   */
  resolve(host: string, now: number, mayAsk: boolean): Resolution {
    const known = this.#literals.get(host)
    if (known) return known
    const entry = this.#names.get(host)
    if (entry) {
      entry.since ??= now
      if (now === entry.since || now < entry.since + this.#ttlMs) return entry.found
    }
    const found = this.#literal(host)
    if (!found && mayAsk && !this.#asked.has(host)) this.#ask(host, now)
    return found
  }

  /** Returns the last IP literal of a host, however old; undefined if none is known. */
  last(host: string): string | undefined {
    const found = this.#literals.get(host) ?? this.#names.get(host)?.last ?? this.#literal(host)
    return typeof found === 'string' ? found : undefined
  }

  /** The address of an IP literal; undefined for a name. Literals are cached. */
  #literal(host: string): Resolution {
    const found = literal(host, this.#options)
    if (typeof found === 'string') {
      if (this.#literals.size === MAX_LITERALS) this.#literals.clear()
      this.#literals.set(host, found)
    }
    return found
  }

  /** Time at which the oldest look-up fails; `Infinity` without one. */
  get due(): number {
    for (const { due } of this.#asked.values()) return due
    return Infinity
  }

  /** Fails the look-ups whose timeout has passed. */
  expire(now: number): void {
    for (const [host, question] of this.#asked) {
      if (now < question.due) return
      this.#settle(host, question, this.#failure(`got no answer within ${LOOKUP_TIMEOUT_MS} ms`))
    }
  }

  async #ask(host: string, now: number): Promise<void> {
    const question = { due: now + LOOKUP_TIMEOUT_MS }
    this.#asked.set(host, question)
    const settle = (found: string | Objection): void => this.#settle(host, question, found)
    const failed = (cause: unknown): void =>
      settle(this.#failure(`failed: ${detailsOf(cause).message}`, cause))
    try {
      const answer: unknown = this.#lookup(host, { family: this.#family }, (error, address) => {
        if (error) failed(error)
        else settle(this.#checked(address))
      })
      const value = await answer
      // A function that is async and calls back later resolves to undefined, or to the request of dns.lookup.
      if (isAddress(value))
        settle(this.#failure('returned a promise; call back, as dns.lookup does'))
    } catch (error) {
      failed(error)
    }
  }

  /** Ends a look-up; does nothing if it is already over. */
  #settle(host: string, question: Question, found: string | Objection): void {
    if (this.#asked.get(host) !== question) return
    this.#asked.delete(host)
    const last = typeof found === 'string' ? found : this.#names.get(host)?.last
    this.#names.delete(host)
    this.#names.set(host, { found, last })
    if (this.#names.size > MAX_NAMES) this.#names.delete(this.#names.keys().next().value as string)
    this.#onFound(host)
  }

  #checked(address: unknown): string | Objection {
    const right = kindOfHost(address) === this.#family
    return right ? (address as string) : this.#failure(`gave no IPv${this.#family} address`)
  }

  #failure(why: string, cause?: unknown): Objection {
    return { code: 'LOOKUP_FAILED', why: `the look-up ${why}`, cause }
  }
}

/** Whether a look-up's promise resolved to a value for the callback: an address, `{ address }`, or a list of them. */
function isAddress(value: unknown): boolean {
  const [first] = [value].flat() as unknown[]
  return Boolean(kindOfHost((first as { address?: unknown } | undefined)?.address ?? first))
}

/** The address of an IP literal; undefined for a name. */
function literal(
  host: string,
  { family, unix }: Pick<ResolverOptions, 'family' | 'unix'>,
): Resolution {
  if (unix) return unixLiteral(host)
  const kind = kindOfHost(host)
  if (kind === 0) return undefined
  const ip = kind && parseIp(host)
  if (!ip)
    return badAddress(
      isUnixPath(host)
        ? 'this socket speaks IP; a peer for Unix sockets has a path as localAddr or receiverAddr'
        : 'not a host name or IP address',
    )
  if (kind !== family) return badAddress(`this socket speaks IPv${family}`)
  const reach = reachOf(ip)
  const isMapped = unmapped(ip) !== ip
  if (family === 6 && reach === 'linkLocal' && !ip.zone && !isMapped)
    return badAddress(`a link-local address needs its scope: ${host}%eth0`)
  if (reach !== 'unspecified') return host
  // Linux delivers datagrams to the wildcard address on this host; not every transport does.
  if (family === 4) return '127.0.0.1'
  return isMapped ? '::ffff:127.0.0.1' : '::1'
}

function unixLiteral(host: string): Resolution {
  if (host === '') return badAddress('a sender without an address cannot be answered')
  const why = isUnixPath(host) ? unixPathObjection(host) : 'a path, or @name'
  return why === undefined ? host : badAddress(`the address of a Unix socket must be ${why}`)
}

function badAddress(why: string): Objection {
  return { code: 'BAD_ADDRESS', why }
}
