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
import { type Address, byteLengthOf, type Datagram, formatAddress } from '@udpng/datagram'
import { bindFailure } from './bind-failure.js'
import { debug } from './debug.js'
import { type Resolution, Resolver } from './names.js'
import { type Settings, settle } from './options.js'
import type { LocalOptions, ReceiverOptions } from './peer-options.js'
import { PeerSocket } from './peer-socket.js'
import { type Notice, Selector, type SelectorRequest } from './selector.js'
import { noStats, type PeerStats } from './stats.js'
import { detailsOf } from './system-error.js'
import type { DatagramSocket, DatagramTransport, Parcel, Readiness } from './transport.js'

/**
 * A component that owns a UDP socket: it opens and binds it, asks the Selector for notices, resolves hosts, counts in `stats`, and
 * reports on `errors`. What goes through the socket is for its subclass, BasicPeer.
 */
export abstract class SocketOwner extends Component {
  /** One report for each datagram that could not be sent. A full inbox there loses reports, never data. */
  readonly errors: ErrorOutbox = new ErrorOutbox('What could not be sent')
  /** Resolves to the real address once bound; rejects when binding failed or the peer ended before. */
  declare readonly bound: Promise<Address>
  protected readonly readReady: Inbox<Notice> = new Inbox('Ready to read', { role: 'internal' })
  protected readonly writeReady: Inbox<Notice> = new Inbox('Ready to send', { role: 'internal' })
  protected readonly selectorSignal: Outbox<SelectorRequest> = new Outbox(
    'Requests to watch sockets',
    { role: 'internal' },
  )
  /** What callbacks leave: a host that was looked up, or undefined when nothing is pending any more. */
  protected readonly news: Inbox<string | undefined> = new Inbox('News', { role: 'internal' })
  /** Where datagrams come out, in a peer that receives. */
  declare protected readonly outbox?: Outbox<Datagram>
  /** Where messages wait to be sent, in a peer that sends. */
  // biome-ignore lint/suspicious/noExplicitAny: each peer says what it takes
  declare protected readonly inbox?: Inbox<any>

  /** The options, checked and completed. */
  declare protected readonly settings: Settings
  readonly #dgram: DatagramTransport
  /** The socket, once bound. */
  declare protected socket?: DatagramSocket
  /** Where it counts. */
  protected readonly counts: PeerStats = noStats()
  readonly #resolver: Resolver
  #resolveBound!: (address: Address) => void
  #rejectBound!: (error: UdpngError) => void
  /** What its transport did wrong: it fails with that in its next step. */
  protected fault: UdpngError | undefined
  /** When the present step began. */
  #now = 0

  /**
   * @param options - as the peer was given them
   * @param own - the options it has in addition to those that all peers have
   * @param dgram - what serves where the native transport does not: `dgramTransport`, or, for a peer without an
   *   `outbox`, `sendingDgramTransport`
   * @throws {UdpngError} `BAD_OPTION` for an unknown option, or a value that is not allowed
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
    this.bound.catch(() => {}) // a rejection that is not observed must not crash the process
  }

  /** Where the socket is bound, port 0 filled in; undefined before. */
  get address(): Address | undefined {
    return this.socket?.address
  }

  /** What became of every datagram until now; after the end, what the end discarded included. */
  get stats(): Readonly<PeerStats> {
    const stats = structuredClone(this.counts)
    stats.dropped.unsent += this.inbox?.dropped ?? 0
    stats.kernelDrops = this.socket?.kernelDrops
    stats.lostReports = this.errors.lost
    return stats
  }

  /** The present receiver, in a peer with one destination (here: that of the options). */
  protected get receiver(): Address | undefined {
    return this.settings.receiver
  }

  /** Messages that were taken and wait to be sent. */
  protected abstract get waiting(): number

  /** Closes the socket, and counts what was not sent. */
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
   * @throws {UdpngError} `BIND_FAILED` with what to do; no socket is left open
   */
  protected safeBind([host, port]: Address): void {
    const settings = this.settings
    try {
      const transport = this.#selector.transports.find(settings.transport, this.#dgram)
      const open = {
        ...settings,
        host,
        port,
        receive: this.outbox !== undefined,
        stats: this.counts,
        onFailed: (parcel: Parcel, error: unknown) => this.#onFailed(parcel, error),
        onRefused: (address: Address, error: NodeJS.ErrnoException) =>
          this.#onRefused(address, error),
        onSettled: () => this.news.deliver(undefined),
      }
      this.socket = new PeerSocket(transport, open, (fault) => this.fail(fault))
    } catch (cause) {
      const failure = bindFailure(host, port, cause)
      this.#rejectBound(failure)
      throw failure
    }
    const { address } = this.socket
    debug(`${this.name} bound to ${formatAddress(address)}`)
    this.#resolveBound(address)
  }

  /** Begins a step: forgets look-ups that are too old. Returns the time. */
  protected beginStep(): number {
    this.#now = this.scheduler.clock.now()
    this.#resolver.expire(this.#now)
    return this.#now
  }

  /** When a look-up without an answer has failed; `Infinity` when none is under way. */
  protected get lookupDue(): number {
    return this.#resolver.due
  }

  /**
   * Resolves a host: an IP literal, why it is not a destination, or undefined while it is not known.
   *
   * @param mayAsk - whether to look it up, if need be
   */
  protected resolve(host: string, mayAsk = true): Resolution {
    return this.#resolver.resolve(host, this.#now, mayAsk)
  }

  /** The IP literal that a host came to last, however long ago; undefined while none is known. */
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

  /** What its transport did wrong: the peer fails with it, in its next step. */
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

  get #selector(): Selector {
    return this.scheduler.service(Selector, () => new Selector())
  }

  /** Called by the transport, also from within its own calls. */
  #onFailed({ host, port, data }: Parcel, cause: unknown): void {
    const { code = 'SEND_FAILED', syscall, message } = detailsOf(cause)
    if (code === 'ECANCELED') this.counts.dropped.unsent++
    else
      this.refuse(
        code === 'EMSGSIZE' ? 'TOO_LARGE' : 'SEND_FAILED',
        `cannot send ${byteLengthOf(data)} bytes to ${formatAddress([host, port])}: ${message}`,
        { address: host, port, cause, syscall },
        code,
      )
  }

  /** Called by the transport, at most once for each batch of reports of the network. */
  #onRefused([host, port]: Address, cause: NodeJS.ErrnoException): void {
    const why = cause.code === 'ECONNREFUSED' ? 'no program listens on that port' : cause.message
    this.report('REFUSED', `${formatAddress([host, port])} refused a datagram: ${why}`, {
      address: host,
      port,
      cause,
    })
  }
}
