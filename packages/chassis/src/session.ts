import { Component, Inbox, link, type Main, type Outbox, UdpngError } from '@udpng/core'
import { inboxOf, outboxOf } from './end-boxes.js'
import type { AnyInbox } from './fits.js'
import { Place } from './recency.js'
import type { SessionsStats } from './sessions-stats.js'

/** Where datagrams come from: an IP literal and a port. */
export type Source = readonly [host: string, port: number]

/** What leaves for a source. */
export type Reply = readonly [host: string, port: number, data: string | Uint8Array]

/** What a session needs of the `Sessions` that it is one of. */
export interface Desk {
  /** Where its letters leave. */
  readonly outbox: Outbox<Reply>
  /** It has sent so many letters. */
  sent(session: Session, letters: number): void
  /** It has another letter, for which there was no room: it waits for `goOn`. */
  wait(session: Session): void
  /** It has ended, however it ended. */
  leave(session: Session): void
}

/** Messages of one child that may wait for room in the common outbox. */
const MOST_REPLIES = 64

/**
 * The session of one source: it starts the child, writes the address on what the child sends, and ends when the child
 * has ended and its last letter is out.
 *
 * It is a component of its own so that its end closes the child, if need be, after the grace that the scheduler gives.
 * What comes for the child is put into the child's inbox directly.
 */
export class Session extends Component {
  readonly source: Source
  /** In the order of those that are active, or of those that were retired. */
  readonly place: Place<Session> = new Place<Session>(this)
  /** Milliseconds on the scheduler's clock: when it was last used; once retired, when that was. */
  since = 0
  /** Told to end: it is given nothing any more. */
  retired = false
  protected readonly replies: Inbox<string | Uint8Array> = new Inbox('What the child sends', {
    capacity: MOST_REPLIES,
  })
  protected readonly room: Inbox<undefined> = new Inbox('There is room for letters again')
  readonly #desk: Desk
  /** Undefined, as its inbox, when none could be made: then there is a failure. */
  readonly #child: Component | undefined
  readonly #inbox: AnyInbox | undefined
  readonly #failure: { readonly thrown: unknown } | undefined
  /** How many the child has taken from its inbox when the first datagram is through. */
  readonly #first: number = 0
  /** What the child's inbox has dropped, as far as it was counted. */
  #counted = 0
  /** Waits for room. */
  #waits = false

  /**
   * Makes the child. What goes wrong fails the session, once it runs, and not its caller.
   */
  constructor(source: Source, make: (source: Source) => Component, desk: Desk) {
    super()
    this.source = source
    this.#desk = desk
    try {
      const child = make(source)
      const inbox = demandInbox(child, source)
      this.#child = child
      this.#inbox = inbox
      this.#first = inbox.taken + inbox.length + 1
      this.#counted = inbox.dropped
    } catch (thrown) {
      this.#failure = { thrown }
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
   * Gives the child a datagram. To one whose inbox is full, nothing, unless that inbox drops by itself: each child
   * may say which datagram it would rather lose.
   *
   * @returns why a datagram was dropped, this one or one that waited; undefined when none was
   */
  take(data: Buffer): keyof SessionsStats['dropped'] | undefined {
    const inbox = this.#inbox
    if (!inbox) return 'unread'
    if (inbox.full && !inbox.whenFull.startsWith('drop')) return 'sessionFull'
    const { dropped } = inbox
    inbox.deliver(data)
    if (inbox.dropped === dropped) return undefined
    this.#counted++
    return inbox.ready ? 'sessionFull' : 'unread'
  }

  /** Datagrams that the child left in its inbox. */
  get unread(): number {
    const inbox = this.#inbox
    return inbox ? inbox.length + inbox.dropped - this.#counted : 0
  }

  /** Letters that it could not send any more. */
  get unsent(): number {
    return this.replies.dropped
  }

  /** There is room for a letter again. */
  goOn(): void {
    this.room.deliver(undefined)
  }

  override *main(): Main {
    const child = this.#start()
    for (;;) {
      for (const word of this.control) {
        child.control.deliver(word)
        if (word.kind === 'shutdownMicroprocess') {
          this.signal.send(word)
          return
        }
      }
      for (const _ of this.room) this.#waits = false
      this.#post()
      if (child.ended && !this.replies.ready) return
      yield this.pause()
    }
  }

  #start(): Component {
    if (this.#failure) throw this.#failure.thrown
    const child = this.#child as Component
    const outbox = outboxOf(child)
    if (outbox) link(outbox, this.replies)
    const { name } = child
    // One that runs already keeps its name, and its parent: its end would not be heard here.
    if (this.activate(child).name === name)
      throw new UdpngError(
        'BAD_ACTIVATION',
        `${name} runs already; make a new component for ${place(this.source)}, and do not start it`,
      )
    return child
  }

  #post(): void {
    const { replies, source } = this
    const { outbox } = this.#desk
    const before = replies.taken
    while (replies.ready && !outbox.full)
      outbox.send([source[0], source[1], replies.recv() as string | Uint8Array])
    if (replies.taken > before) this.#desk.sent(this, replies.taken - before)
    if (!replies.ready || this.#waits) return
    this.#waits = true
    this.#desk.wait(this)
  }

  protected override onEnd(): void {
    this.#desk.leave(this)
  }
}

/** What the factory must give: a component that can be fed. */
function demandInbox(child: unknown, source: Source): AnyInbox {
  if (!(child instanceof Component))
    throw new UdpngError(
      'BAD_OPTION',
      `what was made for ${place(source)} is ${String(child).slice(0, 40)}; it must be a component`,
    )
  const inbox = inboxOf(child)
  if (inbox) return inbox
  throw new UdpngError(
    'BAD_LINK',
    `${child.name}, made for ${place(source)}, has no inbox for its datagrams`,
  )
}

function place([host, port]: Source): string {
  return `${host} port ${port}`
}
