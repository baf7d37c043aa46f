import { Box, ROLE, type Role } from './box.js'
import { check, type OptionTable } from './check.js'
import type { Inbox } from './inbox.js'

/** Options of an outbox. */
export interface OutboxOptions {
  /** What the messages are (default `"data"`: accounts count them). */
  readonly role?: Role
}

const OPTIONS: OptionTable<OutboxOptions> = { role: ROLE }

/**
 * A way out of a component. It stores nothing: a message is in the destination inbox when `send`
 * returns, and a message sent while nothing is linked is discarded and counted.
 *
 * A component that heeds backpressure stops while `full`, and is woken when there is room:
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
   * @param doc - what the messages mean
   * @param options - what the messages are
   * @throws {UdpngError} `BAD_OPTION` for an unknown option, or an invalid role
   */
  constructor(doc: string, options?: OutboxOptions) {
    super(doc, check(`create outbox "${doc}"`, OPTIONS, options).role)
  }

  /** Whether it leads anywhere. */
  get linked(): boolean {
    return !!this.to
  }

  /** Messages that reached an inbox. */
  get sent(): number {
    return this.#sent
  }

  /** Messages sent while nothing was linked. */
  get discarded(): number {
    return this.#discarded
  }

  /** How many more messages the destination has room for; `Infinity` when unlinked. */
  get room(): number {
    return this.to ? Math.max(0, this.to.room) : Infinity
  }

  /** Whether the destination holds its senders up. Never while unlinked, nor when it drops. */
  get full(): boolean {
    return (this.to?.room as number) <= 0
  }

  /**
   * Delivers the message, the very same object, at once.
   *
   * @returns whether there is room for another one (`!full`)
   * @throws {UdpngError} `BOX_FULL` when the destination is full and refuses
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

  /** @internal Counts a message that leads nowhere. */
  protected discard(): void {
    this.#discarded++
  }

  /** @internal Its component has ended. */
  override cut(): void {
    this.dead = true
    this.linkage?.unlink()
  }
}
