import { lookup as systemLookup } from 'node:dns'
import type { Clock, ErrorCode } from '@udpng/core'
import { type Family, kindOfHost } from './address.js'

/**
 * Finds the address of a name, called as `dns.lookup` is: `node:dns`'s own, one that caches, or one
 * for tests.
 */
export type Lookup = (
  hostname: string,
  options: { readonly family: Family },
  answer: (error: NodeJS.ErrnoException | null, address?: string, family?: number) => void,
) => void

/** Why something cannot be sent. */
export interface Objection {
  readonly code: ErrorCode
  readonly why: string
  readonly cause?: unknown
}

/** An IP literal, why there is none, or undefined while the name is being looked up. */
export type Resolution = string | Objection | undefined

/** When it is too old, on the scheduler's clock. */
interface Entry {
  found: Resolution
  until: number
}

/** So many hosts are remembered; then the oldest is forgotten. */
const MOST_HOSTS = 1024

/**
 * Turns hosts into IP literals of one family, off the send path: names are looked up once per
 * `ttlMs`, failures included; literals never.
 */
export class Names {
  readonly #family: Family
  readonly #ttlMs: number
  readonly #clock: Clock
  readonly #lookup: Lookup
  readonly #onFound: (host: string) => void
  readonly #hosts = new Map<string, Entry>()

  constructor(
    family: Family,
    ttlMs: number,
    clock: Clock,
    lookup: Lookup | undefined,
    onFound: (host: string) => void,
  ) {
    this.#family = family
    this.#ttlMs = ttlMs
    this.#clock = clock
    this.#lookup = lookup ?? systemLookup
    this.#onFound = onFound
  }

  /** What the host comes to; when that is undefined, `onFound` will tell. */
  resolve(host: string): Resolution {
    let entry = this.#hosts.get(host)
    if (!entry || (entry.until < Infinity && entry.until <= this.#clock.now())) {
      entry = { found: this.#literal(host), until: Infinity }
      if (typeof entry.found === 'object') return entry.found
      this.#hosts.set(host, entry)
      if (this.#hosts.size > MOST_HOSTS)
        this.#hosts.delete(this.#hosts.keys().next().value as string)
      if (!entry.found) this.#ask(host, entry)
    }
    return entry.found
  }

  #literal(host: string): Resolution {
    const kind = kindOfHost(host)
    if (kind === 0) return undefined
    const why =
      kind === undefined
        ? 'it is no host name or IP address'
        : kind !== this.#family
          ? `it is an IPv${kind} address and this socket speaks IPv${this.#family}`
          : /^fe[89ab].:[^%]*$/i.test(host)
            ? `a link-local address needs its scope: ${host}%eth0`
            : undefined
    if (why) return { code: 'BAD_ADDRESS', why }
    // Linux sends what is addressed to the wildcard to this host; not every transport does.
    if (host === '0.0.0.0') return '127.0.0.1'
    return /^[0:]+$/.test(host) ? '::1' : host
  }

  #ask(host: string, entry: Entry): void {
    const settle = (error: unknown, address?: unknown): void => {
      if (entry.found !== undefined) return
      entry.found =
        kindOfHost(address) === this.#family
          ? (address as string)
          : {
              code: 'LOOKUP_FAILED',
              why: `the look-up ${error ? `failed: ${(error as Error).message}` : `gave no IPv${this.#family} address`}`,
              cause: error,
            }
      entry.until = this.#clock.now() + this.#ttlMs
      this.#onFound(host)
    }
    try {
      this.#lookup(host, { family: this.#family }, settle)
    } catch (error) {
      settle(error)
    }
  }
}
