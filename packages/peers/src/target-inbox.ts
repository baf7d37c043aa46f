import { Inbox } from '@udpng/core'
import type { Address, Payload } from '@udpng/datagram'

/**
 * Queues new receivers of a TargettedPeer. It records how many messages had been enqueued
 * before each target, so that a target never applies to older messages.
 */
export class TargetInbox extends Inbox<Address> {
  readonly #data: () => Inbox<Payload>
  /** For each target, by its number in the queue: the number of messages enqueued before it. */
  readonly #since = new Map<number, number>()

  /** @param data - returns the inbox of the messages: a subclass may have another one */
  constructor(data: () => Inbox<Payload>) {
    super('New [host, port] to send to')
    this.#data = data
  }

  /** The number of the oldest target. */
  get #oldest(): number {
    return this.enqueued - this.length
  }

  /** Whether the messages enqueued before the oldest target have left their inbox. */
  get due(): boolean {
    const { enqueued, length } = this.#data()
    return (this.#since.get(this.#oldest) ?? Infinity) <= enqueued - length
  }

  override deliver(target: Address): boolean {
    const { enqueued } = this
    const room = super.deliver(target)
    if (this.enqueued > enqueued) this.#since.set(enqueued, this.#data().enqueued)
    return room
  }

  override recv(): Address | undefined {
    this.#since.delete(this.#oldest)
    return super.recv()
  }
}
