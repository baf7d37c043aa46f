import {
  Component,
  type Control,
  type Counts,
  type ErrorCode,
  type ErrorDetails,
  ErrorOutbox,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  UdpngError,
} from '@udpng/core'
import { type OptionTable, show } from '@udpng/core/options'
import {
  type Address,
  byteLengthOf,
  type Datagram,
  type Family,
  formatAddress,
  isBytes,
  isDetached,
  isPort,
  MAX_PAYLOAD_BYTES,
  type Payload,
} from '@udpng/datagram'
import { bindFailure } from './bind-failure.js'
import { debug } from './debug.js'
import { type Objection, type Resolution, Resolver } from './names.js'
import {
  DEFAULT_DRAIN_TIMEOUT_MS,
  type LocalOptions,
  type ReceiverOptions,
  type Settings,
  settle,
} from './options.js'
import { PeerSocket } from './peer-socket.js'
import { type Notice, Selector, type SelectorRequest } from './selector.js'
import { noStats, type PeerStats } from './stats.js'
import { detailsOf } from './system-error.js'
import type { DatagramSocket, DatagramTransport, Parcel, Readiness } from './transport.js'

/** A message to send, with where it goes. Nothing of it has been checked yet. */
export interface Addressed {
  readonly host: string
  readonly port: number
  readonly data: Payload
}

/** Parcels that are sent in one go. */
const SEND_RUN = 256
/** How long it waits, once closed, for the outcomes of what was sent. */
const OUTCOME_TIMEOUT_MS = 1000
/** Messages that are taken in one step. */
const MOST_PER_STEP = 1024

/**
 * Owns a UDP socket: opens and binds it, reads it into `outbox`, sends what `take` gives, and keeps the shutdown
 * rules. A peer that extends it says only what goes where: it has an `outbox` if it emits what it
 * receives, and `take` gives the next message to send, with its destination.
 *
 * Every datagram is sent, or counted in `stats`; one that cannot be sent is reported on `errors` and
 * costs no other anything. While `outbox` is full, nothing is read; while the socket would block,
 * nothing is taken from `inbox`.
 *
 * On shutdownMicroprocess it closes at once. On producerFinished it first sends what is queued, for at most
 * `drainTimeoutMs`; a ReceivingPeer goes on, unless it is told to drain.
 *
 * The protected boxes and methods are for those who write peers; to use one, use its boxes.
 *
 * @see Kamaelia.Internet.UDP_ng.BasicPeer
 */
export abstract class BasicPeer extends Component {
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

  /** What it was told, checked and completed. */
  declare protected readonly settings: Settings
  readonly #dgram: DatagramTransport
  /** The socket, once bound. */
  declare protected socket?: DatagramSocket
  /** Where it counts. */
  protected readonly counts: PeerStats = noStats()
  readonly #resolver: Resolver
  #resolveBound!: (address: Address) => void
  #rejectBound!: (error: UdpngError) => void
  /** The send buffer. */
  #run: Parcel[] = []
  /** The message whose host is being looked up. */
  #held: Addressed | undefined
  #blocked = false
  /** Messages that `safeSend` took, which came through no inbox. */
  #unasked = 0
  /** What its transport did wrong: it fails with that in its next step. */
  #fault: UdpngError | undefined
  /** When the present step began. */
  #now = 0

  /**
   * @param options - as the peer was given them
   * @param own - the options it has besides those that all peers have
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
    this.bound.catch(() => {}) // who does not ask is not told
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

  /**
   * What arrived has entered, what the system accepted is consumed. A peer that emits nothing does not count what arrives.
   */
  protected override accounting(): Counts {
    // Not `stats`, which is a copy; and without rest properties, which make this take four times as long.
    const { received, receiveErrors, sent, failed, dropped, refused } = this.counts
    const { unsent, lookupQueueFull } = dropped
    const pending = this.socket?.pending ?? 0
    const waiting = this.ended ? pending : this.waiting + pending
    if (!this.outbox)
      return {
        entered: this.#unasked,
        consumed: sent,
        sent,
        refused,
        waiting,
        dropped: { ...failed, unsent, lookupQueueFull },
      }
    const kernelDrops = this.socket?.kernelDrops
    const { unread, readBufferFull, foreign } = dropped
    return {
      entered: this.#unasked + received + unread + readBufferFull + foreign,
      consumed: sent,
      sent,
      refused,
      waiting,
      dropped: { ...failed, ...dropped },
      received,
      kernelDrops,
      // What a read that failed has lost is not known.
      complete: kernelDrops !== undefined && receiveErrors === 0,
    }
  }

  /** Whether producerFinished makes it send what is queued, linger, and end. */
  protected get drains(): boolean {
    return true
  }

  /** The present receiver, in a peer with one destination (here: that of the options). */
  protected get receiver(): Address | undefined {
    return this.settings.receiver
  }

  /** Messages that were taken and wait to be sent. */
  protected get waiting(): number {
    return this.#run.length + (this.#held ? 1 : 0)
  }

  /** The next message to send and where it goes, or why it cannot be sent; undefined when there is none. */
  protected abstract take(): Addressed | Objection | undefined

  /**
   * What to do with a message whose host is being looked up. False, as here: it is held, and nothing more is taken
   * until the host is known. True: it is the peer's own again, which goes on.
   */
  protected postpone(_message: Addressed): boolean {
    return false
  }

  /** Told when the look-up of a host has come to an end. */
  protected onResolved(_host: string): void {}

  override *main(): Main {
    if (typeof this.take !== 'function')
      throw new UdpngError(
        'BAD_ACTIVATION',
        'BasicPeer has no take(): use SimplePeer, TargettedPeer, PostboxPeer, UDPSender or UDPReceiver',
      )
    this.setupSelector()
    this.safeBind(this.settings.local)
    const word = yield* this.#work()
    this.socket?.close()
    yield* this.#settle()
    return word
  }

  /** What to do when binding to a port fails, by the system's code. */
  protected advise(code: string, _port: number): string | undefined {
    if (code === 'EMFILE') return 'too many open files; raise `ulimit -n`'
    if (code === 'EAFNOSUPPORT') return 'this machine has no IPv6; use IPv4 addresses'
    return undefined
  }

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
      const failure = bindFailure(host, port, cause, (code) => this.advise(code, port))
      this.#rejectBound(failure)
      throw failure
    }
    const { address } = this.socket
    debug(`${this.name} bound to ${formatAddress(address)}`)
    this.#resolveBound(address)
  }

  /**
   * Sends one datagram, whole or not at all. One that cannot be sent is reported; never throws.
   *
   * @returns false when the socket would block, or another host is being looked up: then the datagram is still
   *   the caller's
   */
  protected safeSend(data: Payload, [host, port]: Address): boolean {
    if (!this.socket || this.#held || !this.#flush()) return false
    this.#post({ host, port, data })
    const taken = this.#flush() || !this.#run.pop()
    if (taken) this.#unasked++
    return taken
  }

  /**
   * Sends the send buffer, then the inbox, until all is sent or the socket would block.
   *
   * @returns whether it stopped before, because 1024 messages are enough for one step
   */
  protected sendLoop(): boolean {
    for (let left = MOST_PER_STEP; left > 0 && !this.#blocked; left--) {
      const message = this.#held ?? this.take()
      this.#held = undefined
      if (message) this.#post(message)
      if (!message || this.#held) {
        this.#flush()
        return false
      }
      if (this.#run.length >= SEND_RUN) this.#flush()
    }
    return !this.#blocked
  }

  /**
   * Emits what it reads, until the batch, the socket or the room in `outbox` ends. (Here it reads nothing: a
   * ReceivingPeer does; with `unasked`, although the notice that it asked for has not come.)
   *
   * @returns which of them it was
   */
  protected recvLoop(_unasked?: boolean): 'batch' | 'socket' | 'room' {
    return 'socket'
  }

  /** Reads at most `max` datagrams, without blocking. A receive error is counted; never throws. */
  protected safeRecv(_max: number): readonly Datagram[] {
    return []
  }

  /**
   * What a host comes to: an IP literal, why it is no destination, or undefined while it is not known.
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

  /**
   * The next message of `inbox`, addressed. Without a receiver, none can be sent.
   *
   * @param receiver - where it goes (default: the present receiver)
   */
  protected takeFor(
    receiver: Address | undefined = this.receiver,
  ): Addressed | Objection | undefined {
    if (!this.inbox?.ready) return undefined
    const data = this.inbox.recv()
    return receiver
      ? { host: receiver[0], port: receiver[1], data }
      : { code: 'NO_RECEIVER', why: 'cannot send: give receiverAddr and receiverPort' }
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

  get #selector(): Selector {
    return this.scheduler.service(Selector, () => new Selector())
  }

  /** Binds, then sends and receives, until it is told to end; returns its last word. */
  *#work(): Generator<undefined, Control, void> {
    const { drainTimeoutMs = DEFAULT_DRAIN_TIMEOUT_MS, lingerMs = 0 } = this.settings
    const { clock } = this.scheduler
    let endAt = Infinity
    let draining = false
    for (;;) {
      const now = clock.now()
      this.#now = now
      this.#resolver.expire(now)
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word && this.drains && endAt === Infinity) {
        draining = true
        endAt = now + drainTimeoutMs
      }
      this.#hear()
      const more = this.sendLoop()
      const read = this.recvLoop(endAt < Infinity)
      if (this.#fault) throw this.#fault
      const queued = this.waiting + (this.socket?.pending ?? 0) + (this.inbox?.length ?? 0)
      if (draining && !queued && read === 'socket') {
        draining = false
        endAt = now + lingerMs
      }
      if (now >= endAt) return producerFinished()
      // News that came within this step, inside a look-up, woke nobody.
      yield more || read === 'batch' || this.news.ready
        ? undefined
        : this.pause(Math.min(endAt, this.#resolver.due) - now)
    }
  }

  /** After the close: waits for the outcomes of what the transport took, for at most `OUTCOME_TIMEOUT_MS`. */
  *#settle(): Generator<undefined, void, void> {
    const { clock } = this.scheduler
    const endAt = clock.now() + OUTCOME_TIMEOUT_MS
    for (;;) {
      const pending = this.socket?.pending ?? 0
      const left = endAt - clock.now()
      if (pending > 0 && left <= 0)
        this.fail(
          new UdpngError(
            'TRANSPORT_FAILED',
            `the transport breaks its contract: ${pending} datagrams without an outcome ${OUTCOME_TIMEOUT_MS} ms after the close`,
          ),
        )
      if (this.#fault) throw this.#fault
      if (pending === 0) return
      yield this.pause(left)
    }
  }

  /** Takes the notices, and what callbacks left. */
  #hear(): void {
    for (const notice of this.writeReady) {
      this.#blocked = false
      if (notice !== true) this.fail(notice)
    }
    for (const host of this.news) if (host !== undefined) this.onResolved(host)
  }

  /** Checks a message and puts it into the send buffer, or where it waits for a look-up. */
  #post(message: Addressed | Objection): void {
    if ('code' in message) {
      this.refuse(message.code, message.why)
      return
    }
    const { host, port, data } = message
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const found = objectionTo(bytes, port, this.settings.family) ?? this.resolve(host)
    if (typeof found === 'string')
      this.#run.push(
        found === host && bytes === data ? (message as Parcel) : { host: found, port, data: bytes },
      )
    else if (found)
      this.refuse(found.code, `cannot send to ${show(host)}:${show(port)}: ${found.why}`, {
        address: host,
        port,
        cause: found.cause,
      })
    else if (!this.postpone(message)) this.#held = message
  }

  /** Hands the send buffer to the socket. False when it would block: what was not taken goes first next time. */
  #flush(): boolean {
    const run = this.#run
    if (run.length > 0 && this.socket && !this.#blocked) {
      run.splice(0, this.socket.send(run))
      if (run.length > 0) {
        this.#blocked = true
        this.ask('write', this.writeReady)
      }
    }
    return run.length === 0
  }

  /** Asks the Selector for one notice. */
  protected ask(ready: Readiness, notify: Inbox<Notice>): void {
    if (this.socket) this.selectorSignal.send({ kind: 'add', socket: this.socket, ready, notify })
  }

  /** Told by the transport, from wherever. */
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

  /** What its transport did wrong: the peer fails with it, in its next step. */
  protected fail(fault: UdpngError): void {
    this.#fault ??= fault
    this.news.deliver(undefined)
  }

  /** Sends a report on `errors`. */
  protected report(code: ErrorCode, message: string, details?: ErrorDetails): void {
    const { errors, name } = this
    errors.report(code, () => new UdpngError(code, message, { component: name, ...details }))
    debug(`${name}: ${message}`)
  }
}

/** Why a datagram cannot be sent to this port, whatever the host. */
function objectionTo(data: unknown, port: unknown, family: Family): Objection | undefined {
  const most = MAX_PAYLOAD_BYTES[family]
  if (!isBytes(data))
    return { code: 'BAD_MESSAGE', why: `data is ${show(data)}; it must be text or a Uint8Array` }
  const length = byteLengthOf(data)
  if (length > most) return { code: 'TOO_LARGE', why: `${length} bytes are more than ${most}` }
  if (length === 0 && isDetached(data))
    return { code: 'BAD_MESSAGE', why: 'the memory of its data was transferred; send a copy' }
  if (!isPort(port, 1))
    return { code: 'BAD_ADDRESS', why: 'the port must be a whole number from 1 to 65535' }
  return undefined
}
