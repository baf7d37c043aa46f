import {
  type Addressed,
  LOCAL,
  type LocalOptions,
  type Objection,
  QUEUE,
  type QueueOptions,
  ReceivingPeer,
  type Resolution,
} from '@udpng/basic-peer'
import { type Inbox, Outbox } from '@udpng/core'
import { show } from '@udpng/core/options'
import type { Datagram, Letter } from '@udpng/datagram'

/** Options of a PostboxPeer: all optional. */
export interface PostboxPeerOptions extends LocalOptions, QueueOptions {}

/** Maximum number of parked letters, for all hosts together. */
const MAX_ASIDE = 1024

/**
 * Sends every letter `[host, port, data]` of `inbox` as one datagram to that address, and emits every
 * datagram that arrives at its port on `outbox`, as `[data, [host, port]]`. A letter `[host, port, data, local]` is sent from the
 * address `local` of this host; that needs `@udpng/native`.
 *
 * A letter that cannot be sent is reported on `errors` and does not delay others. Letters to a name are parked while it is
 * looked up, at most 1024; other letters overtake them. While `outbox` is full, it does not read. It stops at once on
 * shutdownMicroprocess; it continues after producerFinished unless `onProducerFinished` is "drain".
 *
 * @example
 * await new Pipeline(
 *   new DataSource<Letter>([
 *     ['myserver1.com', 1500, 'hello'],
 *     ['myserver2.com', 1500, 'hello'],
 *   ]),
 *   new PostboxPeer(),
 * ).run()
 *
 * @see Kamaelia.Internet.UDP_ng.PostboxPeer
 */
export class PostboxPeer extends ReceivingPeer {
  override readonly inbox: Inbox<Letter> = this.createInbox('[host, port, data] to send')
  override readonly outbox: Outbox<Datagram> = new Outbox('[data, [host, port]] of each datagram')
  /** Letters whose hosts are being looked up, by host. Those whose look-up is over are in `#found`. */
  readonly #aside = new Map<string, Addressed[]>()
  readonly #found: Addressed[] = []
  #asideCount = 0

  /**
   * @param options - the local address, and options of the socket
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option: the message has its name, its value, and the allowed values
   */
  constructor(options: PostboxPeerOptions = {}) {
    super(options, { ...LOCAL, ...QUEUE })
  }

  /**
   * Sends a letter `[host, port, data]` as one datagram, from code outside a graph: puts it into `inbox`. It starts the peer, unless a graph does.
   *
   * @returns resolves when the socket is open and there is room for the next one: awaiting it applies backpressure. It does not report
   *   the fate of the datagram: that is in `stats` and on `errors`.
   * @throws {UdpngError} rejects with the failure of the peer, such as `BIND_FAILED`; `NOT_BOUND` if the peer has ended
   */
  send(letter: Letter): Promise<void> {
    return this.enqueue(this.inbox, letter)
  }

  /** A web stream of letters to send. Its close closes the peer gracefully; its abort, at once. */
  get writable(): WritableStream<Letter> {
    return this.streamTo(this.inbox)
  }

  protected override take(): Addressed | Objection | undefined {
    if (this.#found.length > 0) return this.#found.shift()
    if (!this.inbox.ready) return undefined
    const letter: unknown = this.inbox.recv()
    try {
      if (Array.isArray(letter) && (letter.length === 3 || letter.length === 4)) {
        const [host, port, data, local] = letter as unknown as Letter
        return local === undefined ? { host, port, data } : { host, port, data, local }
      }
    } catch {
      // A proxy can be an array and throw when it is read.
    }
    return {
      code: 'BAD_MESSAGE',
      why: `a letter is ${show(letter)}; it must be [host, port, data] or [host, port, data, local]`,
    }
  }

  /** The answer may have come within this step: parked letters still go first. */
  protected override resolve(host: string): Resolution {
    return this.#aside.has(host) ? undefined : super.resolve(host, this.#asideCount < MAX_ASIDE)
  }

  /** Parks a letter until its host is known, so that it does not delay others. */
  protected override postpone(letter: Addressed): boolean {
    if (this.#asideCount === MAX_ASIDE) this.counts.dropped.lookupQueueFull++
    else {
      this.#asideCount++
      const letters = this.#aside.get(letter.host)
      if (letters) letters.push(letter)
      else this.#aside.set(letter.host, [letter])
    }
    return true
  }

  protected override onResolved(host: string): void {
    const letters = this.#aside.get(host) ?? []
    this.#aside.delete(host)
    this.#asideCount -= letters.length
    this.#found.push(...letters)
  }

  protected override get waiting(): number {
    return super.waiting + this.#asideCount + this.#found.length
  }
}
