import { Inbox } from '@udpng/core'
import type { Address, Payload } from '@udpng/datagram'

/**
 * Queues new receivers of a TargettedPeer. It records how many messages had been enqueued
 * before each target, so that a target never applies to older messages.
 */
export class TargetInbox extends Inbox<Address> {
  readonly #data: () => Inbox<Payload>
  /** For each target, by its number: the number of messages enqueued before it. */
  readonly #since = new Map<number, number>()

  /** @param data - returns the inbox of the messages: a subclass may have another one */
  constructor(data: () => Inbox<Payload>) {
    super('New [host, port] to send to')
    this.#data = data
  }

  /** The number of the first message to which the oldest target applies. */
  get since(): number {
    return this.#since.get(this.taken) ?? Infinity
  }

  override deliver(target: Address): boolean {
    const { length, delivered } = this
    const room = super.deliver(target)
    if (this.length > length) this.#since.set(delivered, this.#data().delivered)
    return room
  }

  override recv(): Address | undefined {
    this.#since.delete(this.taken)
    return super.recv()
  }
}
