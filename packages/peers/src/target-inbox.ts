import { Inbox } from '@udpng/core'
import type { Address, Payload } from '@udpng/datagram'

/**
 * Where new receivers wait for a TargettedPeer. It remembers how much data had been put in
 * before each, so that a target never counts for older data.
 */
export class TargetInbox extends Inbox<Address> {
  readonly #data: Inbox<Payload>
  /** By the number of the target: how much data there was. */
  readonly #since = new Map<number, number>()

  constructor(data: Inbox<Payload>) {
    super('New [host, port] to send to')
    this.#data = data
  }

  /** From which message on the target counts that waited longest. */
  get since(): number {
    return this.#since.get(this.taken) ?? Infinity
  }

  override deliver(target: Address): boolean {
    const { length, delivered } = this
    const room = super.deliver(target)
    if (this.length > length) this.#since.set(delivered, this.#data.delivered)
    return room
  }

  override recv(): Address | undefined {
    this.#since.delete(this.taken)
    return super.recv()
  }
}
