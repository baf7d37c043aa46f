import { networkInterfaces } from 'node:os'
import { debug } from './debug.js'
import { interfaceIndexes } from './interface-indexes.js'

const INTERVAL_MS = 1000

/** The memberships of a socket. */
interface Watched {
  /** Returns false if it is to be called again a second later, although no interface has changed. */
  check(): boolean
}

/**
 * Has memberships checked when the interfaces of this machine have changed. It polls them every second, because Node.js cannot receive
 * the notifications of the system. It polls only while there are memberships to watch, and its timer does not keep the process alive.
 */
export class InterfaceWatch {
  readonly #watched = new Set<Watched>()
  #timer: NodeJS.Timeout | undefined
  /** The interfaces at the last poll. */
  #seen = ''
  /** Whether to check although they have not changed. */
  #again = false

  add(memberships: Watched): void {
    this.#watched.add(memberships)
    this.#again = true // an interface may have come and gone since the last poll
    this.#timer ??= setInterval(() => this.#poll(), INTERVAL_MS).unref()
  }

  delete(memberships: Watched): void {
    this.#watched.delete(memberships)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#seen = ''
  }

  #poll(): void {
    try {
      const now = JSON.stringify([networkInterfaces(), ...interfaceIndexes()])
      if (now === this.#seen && !this.#again) return
      this.#seen = now
      this.#again = false
      for (const memberships of [...this.#watched]) if (!memberships.check()) this.#again = true
    } catch (error) {
      this.#again = true // no descriptor is left to ask the system with, for example
      debug(error)
    }
  }
}
