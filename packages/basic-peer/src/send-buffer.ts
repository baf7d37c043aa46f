import type { DatagramSocket, Parcel } from './transport.js'

/** The send queue of a peer: parcels in order, checked and resolved. While the socket would block, they wait. */
export class SendBuffer {
  readonly #parcels: Parcel[] = []
  /** Whether the socket would block: its writable notice has been asked for, and has not come. */
  blocked = false

  /** Parcels that wait. */
  get length(): number {
    return this.#parcels.length
  }

  push(parcel: Parcel): void {
    this.#parcels.push(parcel)
  }

  /** Takes back the parcel that was put in last. */
  pop(): void {
    this.#parcels.pop()
  }

  /**
   * Hands the parcels to the socket, unless it would block. Those that it does not take go first next time.
   *
   * @returns whether the socket would block from now on: then its writable notice is needed
   */
  flush(socket: DatagramSocket | undefined): boolean {
    const parcels = this.#parcels
    if (parcels.length === 0 || !socket || this.blocked) return false
    parcels.splice(0, socket.send(parcels))
    this.blocked = parcels.length > 0
    return this.blocked
  }
}
