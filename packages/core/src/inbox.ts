import { Box, type Owner, ROLE, type Role } from './box.js'
import { check, type OptionTable } from './check.js'
import { UdpngError } from './errors.js'
import { oneOf, whole } from './kinds.js'

/**
 * The policy for a message to a full inbox: store it anyway (`"accept"`); refuse it with `BOX_FULL` (`"throw"`); drop and count
 * it (`"dropNewest"`); or drop and count the oldest message (`"dropOldest"`).
 */
export type WhenFull = 'accept' | 'throw' | 'dropNewest' | 'dropOldest'

/** Options of an inbox. */
export interface InboxOptions {
  /** The number of messages at which it is `full`: a whole number >= 1, or `Infinity` (default 1024). */
  readonly capacity?: number
  /** The policy for a message to a full inbox (default `"accept"`: store it; senders see `full`). */
  readonly whenFull?: WhenFull
  /** The kind of the messages (default `"data"`: accounts count them). */
  readonly role?: Role
}

/** The interface of an outbox for the inbox that it feeds. */
export interface Feeder {
  readonly owner: Owner | undefined
  readonly linkage: { unlink(): void } | undefined
}

const DEFAULT_CAPACITY = 1024
const OPTIONS: OptionTable<InboxOptions> = {
  capacity: {
    kind: whole,
    min: 1,
    max: Infinity,
    default: DEFAULT_CAPACITY,
  },
  whenFull: { kind: oneOf, values: ['accept', 'throw', 'dropNewest', 'dropOldest'] },
  role: ROLE,
}

/** Size of the first growth: an unused inbox has a ring of 1. */
const SMALLEST_RING = 16
/** A ring that grew beyond this is freed when it runs empty, so that a burst leaves no memory. */
const LARGEST_KEPT_RING = 4096

/**
 * Queues messages for a component: first in, first out, in a ring (`recv` is O(1)).
 *
 * Every message is counted: `delivered = taken + dropped + length` holds at every moment.
 * After the end of its component, an inbox counts further messages as dropped.
 *
 * Taking a message wakes the senders, unless `capacity` is `Infinity`: then none waits for room.
 *
 * @see Axon.Box
 */
export class Inbox<in out T> extends Box implements Iterable<T> {
  declare readonly capacity: number
  declare readonly whenFull: WhenFull
  /** @internal The outboxes that feed it now. */
  readonly feeders: Feeder[] = []
  // The counters are the indices of the ring: a message lives at its number modulo the size.
  #ring: (T | undefined)[] = newRing(1)
  #head = 0
  #tail = 0
  #evicted = 0
  #refused = 0
  #unread = 0
  /** Length from which `whenFull` decides: the capacity; 0 when its component has ended. */
  #bound: number
  /** The length from which its senders see `full`: its capacity, or Infinity when it drops. */
  readonly #limit: number

  /**
   * @param doc - a description of the messages
   * @param options - the capacity, the policy when full, and the kind of the messages
   * @throws {UdpngError} `BAD_OPTION` for an unknown or invalid option
   */
  constructor(doc: string, options?: InboxOptions) {
    const {
      capacity = DEFAULT_CAPACITY,
      whenFull = 'accept',
      role,
    } = check(`create inbox "${doc}"`, OPTIONS, options)
    super(doc, role)
    this.capacity = capacity
    this.whenFull = whenFull
    this.#bound = capacity
    this.#limit = whenFull.startsWith('drop') ? Infinity : capacity
  }

  /** Number of queued messages. */
  get length(): number {
    return this.#tail - this.#head
  }

  /** Whether a message is queued, even if it is `undefined`. */
  get ready(): boolean {
    return this.#tail !== this.#head
  }

  /** Whether `capacity` messages or more are queued. */
  get full(): boolean {
    return this.length >= this.capacity
  }

  /** Total messages delivered, including dropped ones, but not those refused by `"throw"`. */
  get delivered(): number {
    return this.#tail + this.#refused
  }

  /** Total messages that entered the queue: those delivered, without those that its policy refused. */
  get enqueued(): number {
    return this.#tail
  }

  /** Total messages taken. */
  get taken(): number {
    return this.#head - this.#evicted
  }

  /** Total messages dropped: by its policy, or because its component has ended. */
  get dropped(): number {
    return this.#evicted + this.#refused
  }

  /** Dropped messages that its component did not take before it ended. */
  get unread(): number {
    return this.#unread
  }

  /** Number of messages that its senders may send before they see `full`: 0 or less when it is full, `Infinity` when it drops. */
  get room(): number {
    return this.#limit - this.length
  }

  /** Whether a component reads it: true. An inbox that only passes messages on returns whether one of its destinations is read. */
  get hasReader(): boolean {
    return true
  }

  /**
   * Enqueues a message and wakes the component. Any callback may call it at any time, even before
   * the component is activated: the messages stay queued for its first step.
   *
   * @returns false if the inbox is now full (an inbox that drops never is, to its senders), or if its component has ended and
   *   the message was only counted; otherwise true
   * @throws {UdpngError} `BOX_FULL` if the inbox is full and `whenFull` is `"throw"`
   */
  deliver(message: T): boolean {
    const { length } = this
    if (length >= this.#bound && !this.#admits()) return !this.dead
    let ring = this.#ring
    if (length >= ring.length) ring = this.#grow()
    ring[this.#tail++ & (ring.length - 1)] = message
    this.owner?.wake()
    return length + 1 < this.#limit
  }

  /** Takes the oldest message; `undefined` when the inbox is empty. */
  recv(): T | undefined {
    if (!this.ready) return undefined
    const message = this.#take()
    if (this.capacity === Infinity) return message
    // By index: one step less for each message than an iterator takes.
    const { feeders } = this
    for (let i = 0; i < feeders.length; i++) feeders[i]?.owner?.wake()
    return message
  }

  /** Takes all messages, including those that arrive during the loop: `for (const message of this.inbox) ...` */
  [Symbol.iterator](): Iterator<T, undefined> {
    return this
  }

  /** @internal It is its own iterator, for it has no place to remember: one allocation that V8 removes. */
  next(): IteratorResult<T, undefined> {
    return { done: !this.ready, value: this.recv() } as IteratorResult<T, undefined>
  }

  /** Applies the policy to a message that finds the inbox full. */
  #admits(): boolean {
    if (this.dead || this.whenFull === 'dropNewest') {
      this.#refused++
      if (this.dead) this.#unread++
      return false
    }
    if (this.whenFull === 'throw')
      throw new UdpngError(
        'BOX_FULL',
        `inbox ${this.name} is full: ${this.capacity} messages wait; send less or raise its capacity`,
        this.place,
      )
    if (this.whenFull === 'dropOldest') {
      this.#take()
      this.#evicted++
    }
    return true
  }

  /**
   * Its component has ended: its links are cut, queued messages are dropped, and so are
   * later ones.
   *
   * @internal
   */
  override cut(): void {
    this.dead = true
    this.#bound = 0
    // The last first, for which `unlink` need not search.
    while (this.feeders.length > 0) this.feeders.at(-1)?.linkage?.unlink()
    this.#evicted += this.length
    this.#unread += this.length
    this.#head = this.#tail
    this.#ring = newRing(1)
  }

  #take(): T {
    const ring = this.#ring
    const at = this.#head++ & (ring.length - 1)
    const message = ring[at] as T
    ring[at] = undefined
    if (ring.length > LARGEST_KEPT_RING && this.#head === this.#tail) this.#ring = newRing(1)
    return message
  }

  #grow(): (T | undefined)[] {
    const old = this.#ring
    const size = Math.max(old.length * 2, SMALLEST_RING)
    const ring = newRing<T>(size)
    for (let i = this.#head; i < this.#tail; i++) ring[i & (size - 1)] = old[i & (old.length - 1)]
    this.#ring = ring
    return ring
  }
}

/** `size` is a power of 2. Filled at once, so that V8 sees one kind of array only, whatever it holds. */
function newRing<T>(size: number): (T | undefined)[] {
  return new Array<T | undefined>(size).fill(undefined)
}
