import {
  Component,
  type Counts,
  Inbox,
  type Linkage,
  link,
  type Main,
  Outbox,
  UdpngError,
} from '@udpng/core'
import { mustBe, show } from '@udpng/core/options'
import {
  type Address,
  type Datagram,
  formatAddress,
  type Letter,
  type Payload,
  replySource,
} from '@udpng/datagram'
import { inboxOf, outboxOf } from './end-boxes.js'
import type { AnyInbox } from './fits.js'
import { Place } from './recency.js'
import type { Host } from './roster.js'
import type { SessionsDrops } from './sessions-stats.js'

/** The interface of `Sessions` for a session. */
export interface Desk {
  /** The outbox for its letters. */
  readonly outbox: Outbox<Letter>
  /** Whether letters of other sessions are waiting for room: they are sent first. */
  readonly busy: boolean
  /** It has sent this number of letters. */
  sent(session: Session, letters: number): void
  /** It has another letter, for which there is no room: its `post` is called when there is. */
  wait(session: Session): void
  /** Its child closed its inbox, with this number of datagrams in it. */
  unread(session: Session, datagrams: number): void
  /** It has ended, for whatever reason. Its child may still be ending. */
  leave(session: Session): void
}

/** The outcome of a datagram: whether it is in the child's inbox, and the reason if it or a queued one was dropped. */
export interface Outcome {
  readonly passed: boolean
  readonly dropped: keyof SessionsDrops | undefined
}

/** Messages of one child that may wait for room in the common outbox. */
const MAX_REPLIES = 64
const PASSED: Outcome = { passed: true, dropped: undefined }
const PUSHED_OUT: Outcome = { passed: true, dropped: 'sessionFull' }
const FULL: Outcome = { passed: false, dropped: 'sessionFull' }
const CLOSED: Outcome = { passed: false, dropped: 'unread' }
const FAILED: Outcome = { passed: false, dropped: 'failed' }

/**
 * The session of one client: starts the child, adds the client's address to the child's messages, and ends when the child
 * has ended and its last letter has left.
 *
 * It is a component of its own, so that its end shuts down the child and closes it after the scheduler's grace time.
 * Datagrams for the child are put into the child's inbox directly.
 */
export class Session extends Component {
  readonly client: Address
  /** Its place among all sessions by use, or among the retired ones. */
  readonly place: Place<Session> = new Place<Session>(this)
  /** Its place among the sessions of its host. */
  readonly hostPlace: Place<Session> = new Place<Session>(this)
  /** Its place among the sessions that wait for room in the common outbox. */
  readonly letterPlace: Place<Session> = new Place<Session>(this)
  /** Its host, until it is retired. */
  host: Host<Session> | undefined
  /** Time of the last use, or of the retirement: milliseconds on the scheduler's clock. */
  since = 0
  /** Whether it was asked to finish: it gets no more datagrams. */
  retired = false
  /** Whether its client sent more than one datagram. */
  conversing = false
  /** The failure, if it failed. */
  failure: UdpngError | undefined
  /** Datagrams that its child left in its inbox. */
  unread = 0
  protected readonly replies: Inbox<Payload> = new Inbox('What the child sends', {
    capacity: MAX_REPLIES,
  })
  protected readonly posted: Inbox<undefined> = new Inbox('The last letter has left', {
    role: 'internal',
  })
  readonly #desk: Desk
  /** The child; undefined, like its inbox, if it could not be created: then there is a refusal. */
  readonly #child: Component | undefined
  readonly #inbox: AnyInbox | undefined
  readonly #refusal: { readonly thrown: unknown } | undefined
  /** Feeds the child's inbox. No component owns it, so the link lasts until the child closes that inbox. */
  readonly #feed: Outbox<Buffer> = new Outbox('Datagrams for the child')
  readonly #feeding: Linkage | undefined
  /** The address of this host that the client sent to last; undefined if it is not known. */
  #local: string | undefined
  /** Datagrams that newer ones evicted from the child's inbox. */
  #pushedOut = 0
  /** The number of messages taken from the child's inbox once the first datagram is taken. */
  readonly #first: number = 0
  #activated = false

  /**
   * Creates the child. An error does not throw: it fails the session once that runs.
   */
  constructor(client: Address, make: (client: Address) => Component, desk: Desk) {
    super()
    this.client = client
    this.#desk = desk
    try {
      const child = make(client)
      const inbox = demandInbox(child, client)
      this.#child = child
      this.#inbox = inbox
      this.#first = inbox.taken + inbox.length + 1
      this.#feeding = link(this.#feed, inbox, () => this.#settle())
    } catch (thrown) {
      this.#refusal = { thrown }
    }
  }

  /** Whether the child has ended. The session itself ends when the last letter is out. */
  get childEnded(): boolean {
    return this.#child?.ended === true
  }

  /** Whether the child has taken its first datagram, or never will. */
  get through(): boolean {
    const inbox = this.#inbox
    return !inbox?.ready || inbox.taken >= this.#first
  }

  /**
   * Puts a datagram into the child's inbox, unless the inbox is full. A full inbox that drops the oldest still gets it: so each
   * child chooses which datagram is dropped. Letters are sent from the address that the last datagram was sent to.
   */
  take([data, [host], details]: Datagram): Outcome {
    // Letters go to the first spelling of the client's address, which is that of one kind of socket.
    this.#local = host === this.client[0] ? replySource(details) : undefined
    const inbox = this.#inbox
    if (!inbox) return FAILED
    if (!this.#feed.linked) return this.failure ? FAILED : CLOSED
    if (inbox.full && inbox.whenFull !== 'dropOldest') return FULL
    const { dropped } = inbox
    this.#feed.send(data)
    if (inbox.dropped === dropped) return PASSED
    this.#pushedOut++
    return PUSHED_OUT
  }

  /** Letters that were not sent before its end. */
  get unsent(): number {
    return this.replies.dropped
  }

  /** Sends letters while there is room, and waits for room if some are left. */
  post(): void {
    const { client, replies } = this
    const { outbox } = this.#desk
    const before = replies.taken
    const local = this.#local
    while (replies.ready && !outbox.full) {
      const data = replies.recv() as Payload
      outbox.send(
        local === undefined ? [client[0], client[1], data] : [client[0], client[1], data, local],
      )
    }
    if (replies.taken > before) this.#desk.sent(this, replies.taken - before)
    if (replies.ready) this.#desk.wait(this)
    else {
      this.letterPlace.leave()
      if (this.childEnded) this.posted.deliver(undefined)
    }
  }

  /** Letters leave through the outbox of the Sessions. */
  protected override accounting(): Counts {
    return { out: this.replies.taken }
  }

  override *main(): Main {
    const child = this.#start()
    for (;;) {
      for (const word of this.control) {
        child.control.deliver(word)
        if (word.kind === 'shutdownMicroprocess') return word
      }
      this.posted.recv()
      // Sessions that already wait are first: they are called in turn.
      if (this.replies.ready && !this.letterPlace.order) {
        if (this.#desk.busy) this.#desk.wait(this)
        else this.post()
      }
      if (child.ended && !this.replies.ready) return
      yield this.pause()
    }
  }

  #start(): Component {
    if (this.#refusal) throw this.#refusal.thrown
    const child = this.#child as Component
    // A running component keeps its parent, so this session would not notice its end.
    if (child.activated && !child.ended)
      throw new UdpngError(
        'BAD_ACTIVATION',
        `${child.name} runs already; make a new component for ${formatAddress(this.client)}, and do not start it`,
      )
    this.#activated = true
    this.activate(child, undefined, child.constructor.name)
    const outbox = outboxOf(child)
    if (outbox) link(outbox, this.replies)
    return child
  }

  /** The child's inbox is closed: counts the datagrams in it, which will not be taken. */
  #settle(): void {
    const given = this.#feed.sent - this.#pushedOut
    this.#desk.unread(this, Math.min(given, this.#inbox?.length ?? 0))
  }

  protected override onEnd(): void {
    // A child that was not started never closes its inbox.
    if (!this.#activated) this.#feeding?.unlink()
    if (this.#child) this.discard(this.#child)
    this.#desk.leave(this)
  }
}

/** Checks the result of the factory: a component with an inbox. */
function demandInbox(child: unknown, client: Address): AnyInbox {
  if (!(child instanceof Component))
    throw new UdpngError(
      'BAD_OPTION',
      `cannot start a session for ${formatAddress(client)}: make() returned ${show(child)}; ${mustBe('a component', child)}`,
    )
  const inbox = inboxOf(child)
  if (inbox) return inbox
  throw new UdpngError(
    'BAD_LINK',
    `${child.name}, made for ${formatAddress(client)}, has no inbox for its datagrams`,
  )
}
