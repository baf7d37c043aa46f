import { isSameHost } from '@udpng/datagram'
import { debug } from './debug.js'
import type { InterfaceWatch } from './interface-watch.js'
import type { NetworkInterface } from './network-interface.js'
import type { Membership } from './transport.js'

/** An interface that a group is joined on. */
export interface JoinedInterface extends NetworkInterface {
  /** Its index: another one when it was removed and added again; undefined if it has none. */
  readonly index: number | undefined
}

/** The system of a socket, for its memberships. */
export interface MembershipSystem {
  /**
   * Finds an interface of the socket's family, by name or by address.
   *
   * @throws an `Error` if there is none
   */
  find(given: string): JoinedInterface
  /** The index that the interface of this name has now; undefined if there is none. */
  indexOf(name: string): number | undefined
  /**
   * Joins a group.
   *
   * @param on - undefined: the system chooses
   * @throws the system's error
   */
  join(membership: Membership, on: JoinedInterface | undefined): void
  /** Leaves a group. It throws the system's error. */
  leave(membership: Membership, on: JoinedInterface | undefined): void
  /** A membership was lost with its interface. */
  onLost(membership: Membership, error: Error): void
}

interface Entry {
  readonly membership: Membership
  /** The interface as it was given; undefined: the system's choice. */
  readonly given: string | undefined
  /** Where it is joined. */
  on: JoinedInterface | undefined
  /** Whether it waits for its interface. */
  waits: boolean
  /** Whether the owner knows that the system refuses to join. */
  isReported: boolean
}

/** The memberships of one socket. Those on an interface that goes away are joined again when it comes back. */
export class Memberships {
  readonly #system: MembershipSystem
  readonly #watch: InterfaceWatch | undefined
  readonly #entries: Entry[] = []
  #closed = false

  /** @param watch - calls `check` again and again; undefined: interfaces never change */
  constructor(system: MembershipSystem, watch?: InterfaceWatch) {
    this.#system = system
    this.#watch = watch
  }

  /**
   * Joins a group.
   *
   * @param defaultInterface - for a membership without one
   * @throws EADDRINUSE if it is joined; an `Error` for an unknown interface, unless it may wait; the system's error
   */
  join(membership: Membership, defaultInterface: string | undefined): void {
    if (this.#closed) throw failure('addMembership', 'EBADF', 'the socket is closed')
    const given = membership.interface ?? defaultInterface
    if (this.#indexOf(membership, given) >= 0)
      throw failure('addMembership', 'EADDRINUSE', `${membership.group} is joined already`)
    const on = this.#find(given, membership.wait)
    const waits = given !== undefined && on === undefined
    if (!waits) this.#system.join(membership, on)
    this.#entries.push({ membership, given, on, waits, isReported: false })
    if (given !== undefined) this.#watch?.add(this)
  }

  /**
   * Leaves a group.
   *
   * @param defaultInterface - for a membership without one
   * @throws EADDRNOTAVAIL if it is not joined; the system's error
   */
  leave(membership: Membership, defaultInterface: string | undefined): void {
    const index = this.#indexToLeave(membership, defaultInterface)
    const [entry] = index < 0 ? [] : this.#entries.splice(index, 1)
    if (!entry)
      throw failure('dropMembership', 'EADDRNOTAVAIL', `${membership.group} is not joined`)
    if (this.#entries.every(({ given }) => given === undefined)) this.#watch?.delete(this)
    if (!entry.waits) this.#system.leave(entry.membership, entry.on)
  }

  /**
   * Joins again the groups that were lost with their interface, and those that wait for one. Never throws.
   *
   * @returns false if a group could not be joined although its interface is there
   */
  check(): boolean {
    let joined = true
    if (this.#closed) return joined
    for (const entry of [...this.#entries]) {
      const { name = '', index } = entry.on ?? {}
      if (index !== undefined && this.#system.indexOf(name) !== index) this.#lose(entry)
      // `onLost` may have left this group.
      if (entry.waits && this.#entries.includes(entry) && !this.#joinAgain(entry)) joined = false
    }
    return joined
  }

  /** Stops watching. The system leaves all groups when it closes the socket. */
  close(): void {
    this.#closed = true
    this.#watch?.delete(this)
  }

  /** The index of the membership to leave: one that was given so, otherwise one on that interface. -1 if there is none. */
  #indexToLeave(membership: Membership, defaultInterface: string | undefined): number {
    const index = this.#entries.findIndex(
      ({ membership: own }) => isEqual(own, membership) && own.interface === membership.interface,
    )
    return index < 0 ? this.#indexOf(membership, membership.interface ?? defaultInterface) : index
  }

  /** The index of the equal membership on an interface; -1 if there is none. */
  #indexOf(membership: Membership, given: string | undefined): number {
    return this.#entries.findIndex(
      ({ membership: own, given: named, on }) =>
        isEqual(own, membership) &&
        (named === given || (on !== undefined && on.name === this.#find(given, true)?.name)),
    )
  }

  #find(given: string | undefined, mayWait = false): JoinedInterface | undefined {
    if (given === undefined) return undefined
    try {
      return this.#system.find(given)
    } catch (error) {
      if (mayWait) return undefined
      throw error
    }
  }

  #lose(entry: Entry): void {
    const { membership, given, on } = entry
    entry.waits = true
    entry.on = undefined
    entry.isReported = false
    try {
      // The kernel keeps memberships on an interface that is gone, and limits their number.
      this.#system.leave(membership, on)
    } catch (error) {
      debug(error) // the kernel has already removed it
    }
    const gone = Object.assign(new Error(`the interface ${given} is gone`), { code: 'ENODEV' })
    this.#system.onLost(membership, gone)
  }

  /** Returns false if the interface is there, and the system refuses to join. */
  #joinAgain(entry: Entry): boolean {
    const found = this.#find(entry.given, true)
    if (!found) return true
    try {
      this.#system.join(entry.membership, found)
    } catch (error) {
      // Once: it is tried every second.
      if (!entry.isReported) this.#system.onLost(entry.membership, error as Error)
      entry.isReported = true
      return false
    }
    entry.on = found
    entry.waits = false
    return true
  }
}

/** Whether two memberships have the same group and source. */
function isEqual(one: Membership, other: Membership): boolean {
  return isSameHost(one.group, other.group) && isSameHost(one.source ?? '', other.source ?? '')
}

function failure(syscall: string, code: string, why: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code}: ${why}`), { code, syscall })
}
