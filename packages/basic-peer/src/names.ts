import { lookup as systemLookup } from 'node:dns'
import type { ErrorCode } from '@udpng/core'
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

interface Entry {
  found: Resolution
  /** When it is too old. An answer counts from its first use: so it serves at least those who waited. */
  until: number
}

/** What a resolver has to know. */
interface ResolverOptions {
  readonly family: Family
  readonly lookup?: Lookup
  readonly lookupTtlMs?: number
}

/** So many hosts are remembered; then the oldest is forgotten. */
const MOST_HOSTS = 1024
const UNUSED = -1

/**
 * Makes what turns hosts into IP literals of one family, off the send path: names are looked up once
 * per `lookupTtlMs`, failures included; literals never.
 *
 * @param now - the time, milliseconds
 * @param onFound - told of every host that came to nothing at first, when its look-up is over
 */
export function resolver(
  { family, lookup = systemLookup, lookupTtlMs = 30_000 }: ResolverOptions,
  now: () => number,
  onFound: (host: string) => void,
): (host: string) => Resolution {
  const hosts = new Map<string, Entry>()

  const ask = (host: string, entry: Entry): void => {
    const settle = (cause: unknown, address?: unknown): void => {
      if (entry.found !== undefined) return
      const why = cause ? `failed: ${(cause as Error).message}` : `gave no IPv${family} address`
      const failure: Objection = { code: 'LOOKUP_FAILED', why: `the look-up ${why}`, cause }
      entry.found = kindOfHost(address) === family ? (address as string) : failure
      entry.until = UNUSED
      onFound(host)
    }
    try {
      lookup(host, { family }, settle)
    } catch (error) {
      settle(error)
    }
  }

  return (host) => {
    let entry = hosts.get(host)
    if (entry?.until === UNUSED) entry.until = now() + lookupTtlMs
    else if (!entry || (entry.until < Infinity && entry.until <= now())) {
      entry = { found: literal(host, family), until: Infinity }
      if (typeof entry.found === 'object') return entry.found
      hosts.set(host, entry)
      if (hosts.size > MOST_HOSTS) hosts.delete(hosts.keys().next().value as string)
      if (!entry.found) ask(host, entry)
    }
    return entry.found
  }
}

/** What a host comes to without a look-up; undefined for a name. */
function literal(host: string, family: Family): Resolution {
  const kind = kindOfHost(host)
  if (kind === 0) return undefined
  const why =
    kind === undefined
      ? 'it is no host name or IP address'
      : kind !== family
        ? `it is an IPv${kind} address and this socket speaks IPv${family}`
        : /^fe[89ab][\da-f]:[^%]*$/i.test(host)
          ? `a link-local address needs its scope: ${host}%eth0`
          : undefined
  if (why) return { code: 'BAD_ADDRESS', why }
  // Linux sends what is addressed to the wildcard to this host; not every transport does.
  if (host === '0.0.0.0') return '127.0.0.1'
  return /^[0:]+$/.test(host) ? '::1' : host
}
