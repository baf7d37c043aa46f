import {
  Component,
  type ErrorCode,
  type ErrorDetails,
  ErrorOutbox,
  Inbox,
  link,
  Outbox,
  UdpngError,
} from '@udpng/core'
import type { OptionTable } from '@udpng/core/options'
import { type Address, type Datagram, formatAddress } from '@udpng/datagram'
import { debug } from './debug.js'
import { bindFailure, changeFailure } from './failures.js'
import { changeable } from './multicast-options.js'
import { type Resolution, Resolver } from './names.js'
import { type Settings, settle } from './options.js'
import type { LocalOptions, ReceiverOptions } from './peer-options.js'
import { PeerSocket } from './peer-socket.js'
import { type Notice, Selector, type SelectorRequest } from './selector.js'
import { membershipLost, refused, sendFailed } from './socket-reports.js'
import { noStats, type PeerStats } from './stats.js'
import { detailsOf } from './system-error.js'
import type {
  Capability,
  ChangeableOptions,
  DatagramTransport,
  Membership,
  Parcel,
  Readiness,
} from './transport.js'

/**
 * Opens, binds and closes a UDP socket, requests notices from the Selector, resolves hosts, counts in `stats`, and
 * reports on `errors`. Its subclass BasicPeer sends and receives.
 */
export abstract class SocketOwner extends Component {
  /** Reports each datagram that could not be sent. If the inbox is full, the report is dropped; data is unaffected. */
  readonly errors: ErrorOutbox = new ErrorOutbox('What could not be sent')
  /** Resolves to the actual address once bound; rejects with `BIND_FAILED`, or with `NOT_BOUND` if the peer ends before. */
  declare readonly bound: Promise<Address>
  protected readonly readReady: Inbox<Notice> = new Inbox('Ready to read', { role: 'internal' })
  protected readonly writeReady: Inbox<Notice> = new Inbox('Ready to send', { role: 'internal' })
  protected readonly selectorSignal: Outbox<SelectorRequest> = new Outbox(
    'Requests to watch sockets',
    { role: 'internal' },
  )
  /** Notices from callbacks: a host whose look-up is over; undefined for any other event. */
  protected readonly news: Inbox<string | undefined> = new Inbox('News', { role: 'internal' })
  /** Sends received datagrams, in a peer that receives. */
  declare protected readonly outbox?: Outbox<Datagram>
  /** Queues messages to send, in a peer that sends. */
  // biome-ignore lint/suspicious/noExplicitAny: each peer says what it takes
  declare protected readonly inbox?: Inbox<any>

  /** The options, checked and completed. */
  declare protected readonly settings: Settings
  readonly #dgram: DatagramTransport
  declare protected socket?: PeerSocket // once bound
  /** The address that the socket is connected to, an IP literal. */
  protected peer: Address | undefined
  /** The live counters behind `stats`. */
  protected readonly counts: PeerStats = noStats()
  readonly #resolver: Resolver
  #resolveBound!: (address: Address) => void
  #rejectBound!: (error: UdpngError) => void
  /** The breach of contract of its transport: the peer fails with it in its next step. */
  protected fault: UdpngError | undefined
  protected override isUnref = false
  /** Time at which the current step began. */
  #now = 0

  /**
   * @param options - the options given to the peer
   * @param own - its options in addition to the common ones
   * @param dgram - the transport for `"dgram"`: `dgramTransport`; or `sendingDgramTransport`, for a peer without an
   *   `outbox`
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(
    options: LocalOptions & ReceiverOptions,
    own: OptionTable<object>,
    dgram: DatagramTransport,
  ) {
    super(options?.name)
    this.settings = settle(`create ${this.constructor.name}`, options, own)
    this.#dgram = dgram
    this.#resolver = new Resolver(this.settings, (host) => this.news.deliver(host))
    this.bound = new Promise((resolve, reject) => {
      this.#resolveBound = resolve
      this.#rejectBound = reject
    })
    this.bound.catch(() => {}) // an unobserved rejection must not crash the process
  }

  /** The address that the socket is bound to, with the assigned port for port 0; undefined before. */
  get address(): Address | undefined {
    return this.socket?.address
  }

  /** What its transport can do in addition to sending and receiving; empty before it is bound. */
  get capabilities(): readonly Capability[] {
    return this.socket?.capabilities ?? []
  }

  /** A copy of the counters of all datagrams; after the end, including those that the end discarded. */
  get stats(): Readonly<PeerStats> {
    const stats = structuredClone(this.counts)
    stats.dropped.unsent += this.inbox?.dropped ?? 0
    stats.kernelDrops = this.socket?.kernelDrops
    stats.lostReports = this.errors.lost
    return stats
  }

  /**
   * Changes options of the open socket; those that are not given keep their values.
   *
   * @throws {UdpngError} `BAD_OPTION`; `NOT_BOUND` before the peer is bound and after its end; `UNSUPPORTED` if its transport cannot
   *   do it; `OPTION_FAILED` with the system's error
   */
  setOptions(options: ChangeableOptions): void {
    const set = changeable('set options', options)
    this.change('OPTION_FAILED', 'set options', (socket) => socket.setOptions(set))
  }

  /** Keeps the process alive until this peer ends (default). Returns the peer. */
  ref(): this {
    return this.#setRef(false)
  }

  /**
   * Lets the process exit while this peer is open. Returns the peer.
   *
   * @throws {UdpngError} `UNSUPPORTED` if its transport lacks `keepAlive`; if called before the bind, the bind fails instead
   */
  unref(): this {
    return this.#setRef(true)
  }

  /** The current receiver, in a peer with one destination (default: that of the options). */
  protected get receiver(): Address | undefined {
    return this.peer ?? this.settings.receiver
  }

  /** Number of messages taken and not sent yet. */
  protected abstract get waiting(): number

  /** Closes the socket, and counts unsent messages. */
  protected override onEnd(): void {
    this.#rejectBound(
      new UdpngError('NOT_BOUND', `${this.name} ended before its socket was bound`, {
        component: this.name,
      }),
    )
    this.counts.dropped.unsent += this.waiting
    this.socket?.close()
  }

  /** Finds the Selector of this scheduler, and links `selectorSignal` to it. */
  protected setupSelector(): void {
    const { requests } = this.#selector
    link(this.selectorSignal, requests, () =>
      requests.deliver({ kind: 'leave', socket: this.socket }),
    )
    this.selectorSignal.send({ kind: 'join' })
  }

  /**
   * Opens the socket and binds it.
   *
   * @throws {UdpngError} `BIND_FAILED`, which says what to do; no socket is left open
   */
  protected safeBind([host, port]: Address): void {
    const settings = this.settings
    try {
      const transport = this.#selector.transports.find(settings.transport, this.#dgram)
      const open = {
        ...settings,
        host,
        port,
        peer: this.peer,
        receive: this.outbox !== undefined,
        stats: this.counts,
        onFailed: (parcel: Parcel, error: unknown) => this.#onFailed(parcel, error),
        onRefused: (address: Address, error: NodeJS.ErrnoException) =>
          this.report(...refused(address, error)),
        onMembershipLost: (membership: Membership, error: Error) =>
          this.report(...membershipLost(membership, error)),
        onSettled: () => this.news.deliver(undefined),
      }
      this.socket = new PeerSocket(transport, open, (fault) => this.fail(fault))
      if (this.isUnref) this.socket.keepAlive(false)
    } catch (cause) {
      throw this.failBound(bindFailure({ host, port, peer: this.peer, fd: settings.fd }, cause))
    }
    debug(`${this.name} bound to ${formatAddress(this.socket.address)}`)
    this.#resolveBound(this.socket.address)
  }

  /**
   * Changes the open socket.
   *
   * @param attempt - what it is about to do, after `cannot`
   * @throws {UdpngError} `NOT_BOUND`, or `code` with the system's error
   */
  protected change(
    code: ErrorCode,
    attempt: string,
    change: (socket: PeerSocket) => void,
    address?: string,
  ): void {
    const { socket, name } = this
    try {
      if (this.ended) throw new UdpngError('NOT_BOUND', 'it has ended')
      if (!socket) throw new UdpngError('NOT_BOUND', 'it is not bound yet; await peer.bound first')
      change(socket)
    } catch (cause) {
      throw changeFailure(name, attempt, cause, code, address)
    }
  }

  /** Begins a step: fails look-ups whose timeout has passed. Returns the time. */
  protected beginStep(): number {
    this.#now = this.scheduler.clock.now()
    this.#resolver.expire(this.#now)
    return this.#now
  }

  /** Time at which the oldest pending look-up fails; `Infinity` without one. */
  protected get lookupDue(): number {
    return this.#resolver.due
  }

  /**
   * Returns the IP literal of a host, the reason why it is not a valid destination, or undefined while it is not known.
   *
   * @param mayAsk - whether to look up an unknown name (default true)
   */
  protected resolve(host: string, mayAsk = true): Resolution {
    return this.#resolver.resolve(host, this.#now, mayAsk)
  }

  /** Returns the last IP literal of a host, however old; undefined if none is known. */
  protected lastResolved(host: string): string | undefined {
    return this.#resolver.last(host)
  }

  /** Counts a message that cannot be sent, and reports it on `errors`. */
  protected refuse(
    code: ErrorCode,
    message: string,
    details?: ErrorDetails,
    reason: string = code,
  ): void {
    const { failed } = this.counts
    failed[reason] = (failed[reason] ?? 0) + 1
    this.report(code, message, details)
  }

  /** Asks the Selector for one notice. */
  protected ask(ready: Readiness, notify: Inbox<Notice>): void {
    if (this.socket) this.selectorSignal.send({ kind: 'add', socket: this.socket, ready, notify })
  }

  /** Fails the peer in its next step, for a breach of contract of its transport. */
  protected fail(fault: UdpngError): void {
    this.fault ??= fault
    this.news.deliver(undefined)
  }

  /** Sends a report on `errors`. */
  protected report(code: ErrorCode, message: string, details?: ErrorDetails): void {
    const { errors, name } = this
    errors.report(code, () => new UdpngError(code, message, { component: name, ...details }))
    debug(`${name}: ${message}`)
  }

  /** Fails `bound`, and returns the reason. */
  protected failBound(failure: UdpngError): UdpngError {
    this.#rejectBound(failure)
    return failure
  }

  #setRef(isUnref: boolean): this {
    if (this.isUnref !== isUnref && !this.ended) this.socket?.keepAlive(!isUnref)
    this.isUnref = isUnref
    return this
  }

  get #selector(): Selector {
    return this.scheduler.service(Selector, () => new Selector())
  }

  /** Called by the transport, also inside calls of it. */
  #onFailed(parcel: Parcel, cause: unknown): void {
    const { code: reason = 'SEND_FAILED' } = detailsOf(cause)
    if (reason === 'ECANCELED') this.counts.dropped.unsent++
    else this.refuse(...sendFailed(parcel, cause), reason)
  }
}
