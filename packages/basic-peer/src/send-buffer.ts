import type { DatagramSocket, Parcel } from './transport.js'

/** Queues the parcels of a peer, checked and resolved, in order. While the socket would block, they wait. */
export class SendBuffer {
  readonly #parcels: Parcel[] = []
  /** Whether the socket would block: its writable notice has been asked for, and has not come. */
  blocked = false

  /** Number of queued parcels. */
  get length(): number {
    return this.#parcels.length
  }

  push(parcel: Parcel): void {
    this.#parcels.push(parcel)
  }

  /** Removes the parcel added last. */
  pop(): void {
    this.#parcels.pop()
  }

  /**
   * Passes the parcels to the socket, unless it would block. Those that it does not take are first next time.
   *
   * @returns whether the socket now would block: then its writable notice is needed
   */
  flush(socket: DatagramSocket | undefined): boolean {
    const parcels = this.#parcels
    if (parcels.length === 0 || !socket || this.blocked) return false
    parcels.splice(0, socket.send(parcels))
    this.blocked = parcels.length > 0
    return this.blocked
  }
}
