import { Component, type Counts, Inbox, type Main, Outbox } from '@udpng/core'
import { canonicalHost, type Datagram, networkOf } from '@udpng/datagram'
import type { AllowList } from './allow-list.js'
import { hashOfText, Loops, type LoopsOptions } from './loops.js'
import { LruCache } from './lru-cache.js'
import { MachineAddresses } from './machine-addresses.js'
import { TokenBucket } from './token-bucket.js'

/** Options of a Guard: all optional. */
export interface GuardOptions extends LoopsOptions {
  /** The hosts whose datagrams pass (default: all). */
  readonly allow?: AllowList | undefined
  /** Maximum number of datagrams per second in total: a number > 0 (default `Infinity`). */
  readonly rate?: number | undefined
  /** Whether `rate` counts and limits this machine's own clients (default true). */
  readonly rateLimitsOwn?: boolean | undefined
  /** Maximum number of datagrams per second of each host, or IPv6 /64 network, except this machine: a number > 0 (default `Infinity`). */
  readonly ratePerHost?: number | undefined
  /** Whether `ratePerHost` limits this machine's own clients (default false). */
  readonly limitsOwn?: boolean | undefined
  /** Whether this program has a socket at an address of this machine (default: never). */
  readonly isOwn?: (host: string, port: number) => boolean
}

/** Counts all datagrams of a Guard. */
export interface GuardStats {
  passed: number
  /** Datagrams dropped, by reason. */
  dropped: {
    /** From a host that is not in the allow-list. */
    notAllowed: number
    /** From a socket of this program: forged, or in a loop. */
    ownAddress: number
    /** From a source that cannot be answered, or that answers everything itself. */
    unanswerable: number
    /** In a loop between this program and another one, see `Loops`. */
    loop: number
    /** Over the rate of its host. */
    overHostRate: number
    /** Over the rate of all. */
    overRate: number
  }
}

/** The facts about a host. */
interface HostFacts {
  readonly refused: 'notAllowed' | 'unanswerable' | undefined
  readonly canonical: string
  /** Whether it is this machine. */
  readonly own: boolean
  readonly hash: number
  /** The network whose rate it shares; undefined without a limit. */
  readonly network: string | undefined
}

/** Maximum number of datagrams per step: then other components get their turn. */
const DATAGRAMS_PER_STEP = 64

/** echo, daytime, qotd, chargen, time: they answer everything, and so make a loop with a server that does (CERT CA-1996-01). */
const ANSWERING_PORTS: ReadonlySet<number> = new Set([7, 13, 17, 19, 37])

/**
 * Passes on the datagrams that a server may answer, in order, and drops and counts the others, by reason.
 *
 * UDP sources can be forged, so a server's replies can go to any host, to another server, or to itself. It drops
 * datagrams from hosts that are not in `allow`; from this program's own sockets; from port 0, from broadcast, multicast and
 * unspecified addresses, and from ports whose services answer everything; datagrams in a loop; and datagrams
 * above the rate of a host or the total rate.
 *
 * While `outbox` is full, it takes no datagrams. On producerFinished it passes on the queued ones and ends; on
 * shutdownMicroprocess it ends at once. It keeps records of 4096 hosts, and takes constant time for each datagram.
 */
export class Guard extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('[data, [host, port]] of each datagram')
  readonly outbox: Outbox<Datagram> = new Outbox('Those that may be answered')
  readonly #options: GuardOptions
  readonly #machine = new MachineAddresses()
  readonly #loops: Loops
  readonly #hosts: LruCache<HostFacts>
  readonly #buckets: LruCache<TokenBucket>
  #total: TokenBucket | undefined
  readonly #stats: GuardStats = {
    passed: 0,
    dropped: {
      notAllowed: 0,
      ownAddress: 0,
      unanswerable: 0,
      loop: 0,
      overHostRate: 0,
      overRate: 0,
    },
  }

  constructor(options: GuardOptions = {}) {
    super()
    this.#options = { ...options }
    this.#loops = new Loops(options)
    this.#hosts = new LruCache((host, now, before) => this.#factsOf(host, now, before))
    const { ratePerHost = Infinity } = options
    this.#buckets = new LruCache((_, now, before) => before ?? new TokenBucket(ratePerHost, now))
  }

  /** The counters. */
  get stats(): Readonly<GuardStats> {
    return { passed: this.#stats.passed, dropped: { ...this.#stats.dropped } }
  }

  protected override accounting(): Counts {
    return { dropped: this.#stats.dropped }
  }

  override *main(): Main {
    for (;;) {
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      const now = this.scheduler.clock.now()
      let left = DATAGRAMS_PER_STEP
      for (; left > 0 && this.inbox.ready && !this.outbox.full; left--)
        this.#pass(this.inbox.recv() as Datagram, now)
      if (word && !this.inbox.ready) return
      if (left > 0) yield this.pause()
      else yield
    }
  }

  #pass(datagram: Datagram, now: number): void {
    const reason = this.#objection(datagram, now)
    if (reason !== undefined) {
      this.#stats.dropped[reason]++
      return
    }
    this.#stats.passed++
    this.outbox.send(datagram)
  }

  /** Returns why a datagram is dropped; undefined if it passes. */
  #objection([data, [host, port]]: Datagram, now: number): keyof GuardStats['dropped'] | undefined {
    const facts = this.#hosts.of(host, now)
    if (facts.refused) return facts.refused
    if (port === 0 || ANSWERING_PORTS.has(port)) return 'unanswerable'
    if (facts.own && this.#options.isOwn?.(facts.canonical, port)) return 'ownAddress'
    if (this.#loops.catches(facts.hash, port, data, now)) return 'loop'
    const { network } = facts
    if (network !== undefined && !this.#buckets.of(network, now).take(now)) return 'overHostRate'
    const { rate, rateLimitsOwn = true } = this.#options
    if (rate === undefined || (facts.own && !rateLimitsOwn)) return undefined
    this.#total ??= new TokenBucket(rate, now)
    return this.#total.take(now) ? undefined : 'overRate'
  }

  #factsOf(host: string, now: number, before: HostFacts | undefined): HostFacts {
    const { allow, ratePerHost, limitsOwn = false } = this.#options
    const canonical = canonicalHost(host)
    const own = this.#machine.isOwn(canonical, now)
    const limited = ratePerHost !== undefined && (limitsOwn || !own)
    return {
      refused: refusal(canonical, allow, this.#machine.isUnanswerable(canonical, now)),
      canonical,
      own,
      hash: before?.hash ?? hashOfText(canonical),
      network: limited ? networkOf(canonical) : undefined,
    }
  }
}

function refusal(
  host: string,
  allow: AllowList | undefined,
  unanswerable: boolean,
): HostFacts['refused'] {
  if (unanswerable) return 'unanswerable'
  return allow && !allow.has(host) ? 'notAllowed' : undefined
}
