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
  readonly found: Resolution
  /** When it was first used. Its age counts from then, so that it serves at least all those who waited for it. */
  since?: number
}

/** What a resolver has to know. */
interface ResolverOptions {
  readonly family: Family
  readonly lookup?: Lookup
  readonly lookupTtlMs?: number
}

/** So many hosts are remembered besides those that are being looked up; then the oldest is forgotten. */
const MOST_HOSTS = 1024

/**
 * Makes what turns hosts into IP literals of one family, off the send path: names are looked up once
 * per `lookupTtlMs`, failures included; literals never.
 *
 * @param onFound - told of every host that came to nothing at first, when its look-up is over
 * @returns what a host comes to, when the time in milliseconds is `now`; a name that is not known is looked up only
 *   if `mayAsk`
 */
export function resolver(
  { family, lookup = systemLookup, lookupTtlMs = 30_000 }: ResolverOptions,
  onFound: (host: string) => void,
): (host: string, now: number, mayAsk: boolean) => Resolution {
  const hosts = new Map<string, Entry>()
  const asked = new Set<string>()

  const remember = (host: string, entry: Entry): void => {
    hosts.delete(host)
    hosts.set(host, entry)
    if (hosts.size > MOST_HOSTS) hosts.delete(hosts.keys().next().value as string)
  }

  const ask = async (host: string): Promise<void> => {
    const settle = (cause: unknown, address?: unknown): void => {
      if (!asked.delete(host)) return
      const why = cause ? `failed: ${(cause as Error).message}` : `gave no IPv${family} address`
      const failure: Objection = { code: 'LOOKUP_FAILED', why: `the look-up ${why}`, cause }
      const found = kindOfHost(address) === family ? (address as string) : failure
      remember(host, { found })
      onFound(host)
    }
    asked.add(host)
    try {
      await lookup(host, { family }, settle)
    } catch (error) {
      settle(error)
    }
  }

  return (host, now, mayAsk) => {
    const entry = hosts.get(host)
    if (entry) {
      entry.since ??= now
      if (now === entry.since || now < entry.since + lookupTtlMs) return entry.found
    }
    const found = literal(host, family)
    if (typeof found === 'string') remember(host, { found, since: Infinity })
    else if (!found && mayAsk && !asked.has(host)) ask(host)
    return found
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
        ? `this socket speaks IPv${family}`
        : /^fe[89ab][\da-f]:[^%]*$/i.test(host)
          ? `a link-local address needs its scope: ${host}%eth0`
          : undefined
  if (why) return { code: 'BAD_ADDRESS', why }
  // Linux sends what is addressed to the wildcard to this host; not every transport does.
  if (host === '0.0.0.0') return '127.0.0.1'
  return /^[0:]+$/.test(host) ? '::1' : host
}
