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
import { type Address, formatAddress, type Letter, type Payload } from '@udpng/datagram'
import { inboxOf, outboxOf } from './end-boxes.js'
import type { AnyInbox } from './fits.js'
import { Place } from './recency.js'
import type { Host } from './roster.js'
import type { SessionsDrops } from './sessions-stats.js'

/** The interface of `Sessions` for a session. */
export interface Desk {
  /** The outbox for its letters. */
  readonly outbox: Outbox<Letter>
  /** Whether letters of other sessions wait for room, which are to go first. */
  readonly busy: boolean
  /** It has sent this number of letters. */
  sent(session: Session, letters: number): void
  /** It has another letter, for which there is no room: its `post` is called when there is. */
  wait(session: Session): void
  /** Its child closed its inbox, with this number of datagrams in it. */
  unread(session: Session, datagrams: number): void
  /** It has ended, however it ended. Its child may still be ending. */
  leave(session: Session): void
}

/** The outcome of a datagram: whether it is in the child's inbox, and the reason of a drop, of this one or of a queued one. */
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
 * The session of one client: it starts the child, writes the address on what the child sends, and ends when the child
 * has ended and its last letter is out.
 *
 * It is a component of its own so that its end closes the child, if need be, after the grace that the scheduler gives.
 * What comes for the child is put into the child's inbox directly.
 */
export class Session extends Component {
  readonly client: Address
  /** Among all sessions by use, or among those that were retired. */
  readonly place: Place<Session> = new Place<Session>(this)
  /** Among the sessions of its host. */
  readonly hostPlace: Place<Session> = new Place<Session>(this)
  /** Among those that wait for room in the common outbox. */
  readonly letterPlace: Place<Session> = new Place<Session>(this)
  /** Its host, until it is retired. */
  host: Host<Session> | undefined
  /** Milliseconds on the scheduler's clock: when it was last used; once retired, when that was. */
  since = 0
  /** Asked to finish: it is given nothing any more. */
  retired = false
  /** Its client sent more than one datagram. */
  conversing = false
  /** Why it failed. */
  failure: UdpngError | undefined
  /** Datagrams that its child left in its inbox, as far as they were counted under `unread`. */
  unread = 0
  protected readonly replies: Inbox<Payload> = new Inbox('What the child sends', {
    capacity: MAX_REPLIES,
  })
  protected readonly posted: Inbox<undefined> = new Inbox('The last letter has left', {
    role: 'internal',
  })
  readonly #desk: Desk
  /** Undefined, as its inbox, when none could be made: then there is a refusal. */
  readonly #child: Component | undefined
  readonly #inbox: AnyInbox | undefined
  readonly #refusal: { readonly thrown: unknown } | undefined
  /** Leads to the child's inbox. No component owns it, so that it lasts until the child closes that inbox. */
  readonly #feed: Outbox<Buffer> = new Outbox('Datagrams for the child')
  readonly #feeding: Linkage | undefined
  /** Datagrams that were pushed out of the child's inbox by newer ones. */
  #pushedOut = 0
  /** The number of messages taken from the child's inbox once the first datagram is taken. */
  readonly #first: number = 0
  #activated = false

  /**
   * Makes the child. What goes wrong fails the session, once it runs, and not its caller.
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

  /** Whether its first datagram is through: the child has taken it, or never will. */
  get through(): boolean {
    const inbox = this.#inbox
    return !inbox?.ready || inbox.taken >= this.#first
  }

  /**
   * Gives the child a datagram. To one whose inbox is full, nothing, unless that inbox drops the oldest: each child may
   * choose which datagram it would rather lose.
   */
  take(data: Buffer): Outcome {
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

  /** Letters that it could not send any more. */
  get unsent(): number {
    return this.replies.dropped
  }

  /** Sends the letters that there is room for, and waits if that is not all. */
  post(): void {
    const { client, replies } = this
    const { outbox } = this.#desk
    const before = replies.taken
    while (replies.ready && !outbox.full)
      outbox.send([client[0], client[1], replies.recv() as Payload])
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
      // Those that wait already are first: they are called in turn.
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
    // One that runs already keeps its parent: its end would not be noticed here.
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

  /** The child's inbox is closed: what is in it will not be taken any more. */
  #settle(): void {
    const given = this.#feed.sent - this.#pushedOut
    this.#desk.unread(this, Math.min(given, this.#inbox?.length ?? 0))
  }

  protected override onEnd(): void {
    // A child that was not started takes nothing, and never closes its inbox.
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
