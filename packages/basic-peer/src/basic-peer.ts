import { types } from 'node:util'
import {
  Component,
  type Control,
  type ErrorCode,
  type ErrorDetails,
  Inbox,
  link,
  type Main,
  Outbox,
  producerFinished,
  UdpngError,
} from '@udpng/core'
import {
  type Address,
  type Datagram,
  formatAddress,
  isPort,
  MAX_PAYLOAD_BYTES,
  type Payload,
} from './address.js'
import { bindFailure } from './bind-failure.js'
import { findTransport } from './choose-transport.js'
import { debug } from './debug.js'
import { type Objection, type Resolution, resolver } from './names.js'
import {
  type LocalOptions,
  type ReceiverOptions,
  type Rules,
  type Settings,
  settle,
  show,
} from './options.js'
import { type Notice, Selector, type SelectorRequest } from './selector.js'
import { noStats, type PeerStats } from './stats.js'
import type { DatagramSocket, DatagramTransport, Parcel, Readiness } from './transport.js'

/** A message to send, with where it goes. Nothing of it has been checked yet. */
export interface Letter {
  readonly host: string
  readonly port: number
  readonly data: Payload
}

/** Parcels that are sent in one go. */
const SEND_RUN = 256

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
  readonly errors: Outbox<UdpngError> = new Outbox('What could not be sent')
  /** Resolves to the real address once bound; rejects when binding failed or the peer ended before. */
  readonly bound: Promise<Address>
  protected readonly readReady: Inbox<Notice> = new Inbox('Ready to read')
  protected readonly writeReady: Inbox<Notice> = new Inbox('Ready to send')
  protected readonly selectorSignal: Outbox<SelectorRequest> = new Outbox(
    'Requests to watch the socket',
  )
  /** What callbacks leave: a host that was looked up, or undefined when nothing is pending any more. */
  protected readonly news: Inbox<string | undefined> = new Inbox('News from outside')
  /** Where datagrams come out, in a peer that receives. */
  declare protected readonly outbox?: Outbox<Datagram>
  /** Where messages wait to be sent, in a peer that sends. */
  // biome-ignore lint/suspicious/noExplicitAny: each peer says what it takes
  declare protected readonly inbox?: Inbox<any>

  /** What it was told, checked and completed. */
  protected readonly settings: Settings
  readonly #dgram: DatagramTransport
  /** Where it counts. */
  protected readonly counts: PeerStats = noStats()
  readonly #resolve: (host: string) => Resolution
  #socket: DatagramSocket | undefined
  #resolveBound!: (address: Address) => void
  #rejectBound!: (error: UdpngError) => void
  /** The send buffer. */
  #run: Parcel[] = []
  /** The letter whose host is being looked up. */
  #held: Letter | undefined
  #blocked = false

  /**
   * @param options - as the peer was given them
   * @param own - rules of the options it has besides those that all peers have
   * @param dgram - what serves where the native transport does not: `dgramTransport`, or, for a peer without an
   *   `outbox`, `sendingDgramTransport`
   * @throws {UdpngError} `BAD_OPTION` for an unknown option, or a value that is not allowed
   */
  constructor(options: LocalOptions & ReceiverOptions, own: Rules, dgram: DatagramTransport) {
    super()
    this.settings = settle(options, own)
    this.#dgram = dgram
    this.#resolve = resolver(
      this.settings,
      () => this.scheduler.clock.now(),
      (host) => this.news.deliver(host),
    )
    this.bound = new Promise((resolve, reject) => {
      this.#resolveBound = resolve
      this.#rejectBound = reject
    })
    this.bound.catch(() => {}) // who does not ask is not told
  }

  /** Where the socket is bound, port 0 filled in; undefined before. */
  get address(): Address | undefined {
    return this.#socket?.address
  }

  /** What became of every datagram until now; after the end, what the end discarded included. */
  get stats(): Readonly<PeerStats> {
    const stats = structuredClone(this.counts)
    stats.dropped.unsent += this.inbox?.dropped ?? 0
    stats.kernelDrops = this.#socket?.kernelDrops
    return stats
  }

  /** The socket, once bound. */
  protected get socket(): DatagramSocket | undefined {
    return this.#socket
  }

  /** The one destination this peer was given, or undefined. */
  protected get receiver(): Address | undefined {
    return this.settings.receiver
  }

  /** Whether producerFinished makes it send what is queued, linger, and end. */
  protected get drains(): boolean {
    return true
  }

  /** Messages that were taken and wait to be sent. */
  protected get waiting(): number {
    return this.#run.length + (this.#held ? 1 : 0)
  }

  /** The next message to send and where it goes; undefined when there is none. */
  protected abstract take(): Letter | undefined

  /**
   * What to do with a letter whose host is being looked up. False, as here: it is held, and nothing more is taken
   * until the host is known. True: it is the peer's own again, which goes on.
   */
  protected postpone(_letter: Letter): boolean {
    return false
  }

  /** Told when the look-up of a host has come to an end. */
  protected onResolved(_host: string): void {}

  override *main(): Main {
    if (typeof this.take !== 'function')
      throw new UdpngError(
        'BAD_ACTIVATION',
        // Put together here, so that the bundle of one peer shows no trace of the others.
        `BasicPeer has no take(): use ${['Simple', 'Targetted', 'Postbox'].join('Peer, ')}Peer, UDPSender or UDPReceiver`,
      )
    this.setupSelector()
    this.safeBind(this.settings.local)
    this.signal.send(yield* this.#work())
    this.#close()
    while (this.#socket?.pending) yield this.pause()
  }

  /** Closes the socket, and counts what was not sent. */
  protected override onEnd(): void {
    this.#rejectBound(
      new UdpngError('NOT_BOUND', `${this.name} ended before its socket was bound`, {
        component: this.name,
      }),
    )
    this.counts.dropped.unsent += this.waiting
    this.#close()
    debug(`${this.name} ended`)
  }

  /** Finds the Selector of this scheduler, and links `selectorSignal` to it. */
  protected setupSelector(): void {
    const { requests } = this.scheduler.service(Selector, () => new Selector())
    link(this.selectorSignal, requests, () =>
      requests.deliver({ kind: 'leave', socket: this.#socket }),
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
      this.#socket = findTransport(settings.transport, this.#dgram).open({
        ...settings,
        host,
        port,
        receive: this.outbox !== undefined,
        stats: this.counts,
        onFailed: (parcel, error) => this.#onFailed(parcel, error),
        onSettled: () => this.news.deliver(undefined),
      })
    } catch (cause) {
      const failure = bindFailure(host, port, cause, settings.advice)
      this.#rejectBound(failure)
      throw failure
    }
    const { address } = this.#socket
    debug(`${this.name} bound to ${formatAddress(...address)}`)
    this.#resolveBound(address)
  }

  /**
   * Sends one datagram, whole or not at all. One that cannot be sent is reported; never throws.
   *
   * @returns false when the socket would block, or another host is being looked up: then the datagram is still
   *   the caller's
   */
  protected safeSend(data: Payload, [host, port]: Address): boolean {
    if (this.#held || !this.#flush()) return false
    this.#post({ host, port, data })
    return this.#flush() || !this.#run.pop()
  }

  /** Sends the send buffer, then the inbox, until all is sent or the socket would block. */
  protected sendLoop(): void {
    while (!this.#blocked) {
      while (this.#run.length < SEND_RUN) {
        const letter = this.#held ?? this.take()
        if (!letter) break
        this.#held = undefined
        this.#post(letter)
        if (this.#held) break
      }
      if (this.#run.length === 0 || !this.#flush()) return
    }
  }

  /**
   * Emits what it reads, until the batch, the socket or the room in `outbox` ends. (Here it reads nothing: a
   * ReceivingPeer does.)
   *
   * @returns which of them it was
   */
  protected recvLoop(): 'batch' | 'socket' | 'room' {
    return 'socket'
  }

  /** Reads at most `max` datagrams, without blocking. A receive error is counted; never throws. */
  protected safeRecv(_max: number): readonly Datagram[] {
    return []
  }

  /** What a host comes to: an IP literal, why it is no destination, or undefined while it is being looked up. */
  protected resolve(host: string): Resolution {
    return this.#resolve(host)
  }

  /** The next message of `inbox`, for this receiver. Without a receiver, all are reported. */
  protected takeFor(receiver: Address | undefined): Letter | undefined {
    while (this.inbox?.ready) {
      const data = this.inbox.recv()
      if (receiver) return { host: receiver[0], port: receiver[1], data }
      this.refuse('NO_RECEIVER', 'cannot send: give receiverAddr and receiverPort')
    }
    return undefined
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

  /** Binds, then sends and receives, until it is told to end; returns its last word. */
  *#work(): Generator<undefined, Control, void> {
    const { drainTimeoutMs = 5000, lingerMs = 0 } = this.settings
    const { clock } = this.scheduler
    let endAt = Infinity
    let draining = false
    for (;;) {
      const now = clock.now()
      const word = this.readControl()
      if (word?.kind === 'shutdownMicroprocess') return word
      if (word && this.drains && endAt === Infinity) {
        draining = true
        endAt = now + drainTimeoutMs
      }
      this.#hear()
      this.sendLoop()
      const read = this.recvLoop()
      const queued = this.waiting + (this.#socket?.pending ?? 0) + (this.inbox?.length ?? 0)
      if (draining && !queued && read === 'socket') {
        draining = false
        endAt = now + lingerMs
      }
      if (now >= endAt) return producerFinished()
      // News that came within this step, inside a look-up, woke nobody.
      yield read === 'batch' || this.news.ready ? undefined : this.pause(endAt - now)
    }
  }

  #close(): void {
    try {
      this.#socket?.close()
    } catch (trouble) {
      debug(trouble) // it is nobody's any more
    }
  }

  /** Takes the notices, and what callbacks left. */
  #hear(): void {
    for (const ready of this.writeReady) this.#blocked = !ready
    for (const host of this.news) if (host !== undefined) this.onResolved(host)
  }

  /** Checks a letter and puts it into the send buffer, or where it waits for a look-up. */
  #post(letter: Letter): void {
    const { host, port, data } = letter
    const most = MAX_PAYLOAD_BYTES[this.settings.family]
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const found = this.resolve(host)
    let objection: Objection | undefined
    if (!types.isUint8Array(bytes))
      objection = {
        code: 'BAD_MESSAGE',
        why: `data is ${show(data)}; it must be text or a Uint8Array`,
      }
    else if (bytes.length > most)
      objection = { code: 'TOO_LARGE', why: `${bytes.length} bytes are more than ${most}` }
    else if (!isPort(port, 1))
      objection = {
        code: 'BAD_ADDRESS',
        why: 'the port must be a whole number from 1 to 65535',
      }
    else if (typeof found === 'string')
      this.#run.push(
        found === host && bytes === data ? (letter as Parcel) : { host: found, port, data: bytes },
      )
    else if (found) objection = found
    else if (!this.postpone(letter)) this.#held = letter
    if (objection)
      this.refuse(objection.code, `cannot send to ${show(host)}:${show(port)}: ${objection.why}`, {
        address: host,
        port,
        cause: objection.cause,
      })
  }

  /** Hands the send buffer to the socket. False when it would block: what was not taken goes first next time. */
  #flush(): boolean {
    const run = this.#run
    if (run.length > 0 && this.#socket && !this.#blocked) {
      run.splice(0, this.#socket.send(run))
      if (run.length > 0) {
        this.#blocked = true
        this.ask('write', this.writeReady)
      }
    }
    return run.length === 0
  }

  /** Asks the Selector for one notice. */
  protected ask(ready: Readiness, notify: Inbox<Notice>): void {
    if (this.#socket) this.selectorSignal.send({ kind: 'add', socket: this.#socket, ready, notify })
  }

  /** Told by the transport, from wherever. */
  #onFailed({ host, port, data }: Parcel, cause: NodeJS.ErrnoException): void {
    const { code = 'SEND_FAILED', syscall, message } = cause
    if (code === 'ECANCELED') this.counts.dropped.unsent++
    else
      this.refuse(
        code === 'EMSGSIZE' ? 'TOO_LARGE' : 'SEND_FAILED',
        `cannot send ${data.length} bytes to ${formatAddress(host, port)}: ${message}`,
        { address: host, port, cause, syscall },
        code,
      )
  }

  /** Sends a report on `errors`. */
  protected report(code: ErrorCode, message: string, details?: ErrorDetails): void {
    const { errors, name } = this
    if (errors.full) this.counts.lostReports++
    else if (errors.linked)
      errors.send(new UdpngError(code, message, { component: name, ...details }))
    debug(`${name}: ${message}`)
  }
}
