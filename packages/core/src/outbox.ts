import { Box, ROLE, type Role } from './box.js'
import { check, type OptionTable } from './check.js'
import type { Inbox } from './inbox.js'

/** Options of an outbox. */
export interface OutboxOptions {
  /** The kind of the messages (default `"data"`: accounts count them). */
  readonly role?: Role
}

const OPTIONS: OptionTable<OutboxOptions> = { role: ROLE }

/**
 * Sends messages of a component to the inbox that it is linked to. It has no queue: when `send` returns, the message is in the
 * destination inbox. Unlinked, it discards messages and counts them.
 *
 * A component that respects backpressure stops while `full`, and is woken when there is room:
 * `while (this.outbox.full) yield this.pause()`.
 *
 * @see Axon.Box
 */
export class Outbox<in out T> extends Box {
  /** @internal */ linkage: { unlink(): void } | undefined
  /** @internal */ to: Inbox<T> | undefined
  #sent = 0
  #discarded = 0

  /**
   * @param doc - a description of the messages
   * @param options - the kind of the messages
   * @throws {UdpngError} `BAD_OPTION` for an unknown option, or an invalid role
   */
  constructor(doc: string, options?: OutboxOptions) {
    super(doc, check(`create outbox "${doc}"`, OPTIONS, options).role)
  }

  /** Whether it is linked. */
  get linked(): boolean {
    return !!this.to
  }

  /** Whether it is linked to an inbox that a component reads. */
  get hasReader(): boolean {
    return this.to?.hasReader === true
  }

  /** Total messages that reached an inbox. */
  get sent(): number {
    return this.#sent
  }

  /** Total messages sent while unlinked, and so discarded. */
  get discarded(): number {
    return this.#discarded
  }

  /** Number of messages for which the destination has room; `Infinity` if unlinked, or if the destination drops when full. */
  get room(): number {
    return this.to ? Math.max(0, this.to.room) : Infinity
  }

  /** Whether the destination is full: stop sending. Never true while unlinked, or if the destination drops when full. */
  get full(): boolean {
    return (this.to?.room as number) <= 0
  }

  /**
   * Delivers the message to the linked inbox at once: the same object, no copy. Unlinked, discards and counts it.
   *
   * @returns whether there is room for another one (`!full`)
   * @throws {UdpngError} `BOX_FULL` if the destination is full and its `whenFull` is `"throw"`
   */
  send(message: T): boolean {
    const { to } = this
    if (!to) {
      this.discard()
      return true
    }
    const room = to.deliver(message)
    this.#sent++
    return room
  }

  /** @internal Counts a message that is not delivered. */
  protected discard(): void {
    this.#discarded++
  }

  /** @internal Its component has ended. */
  override cut(): void {
    this.dead = true
    this.linkage?.unlink()
  }
}
