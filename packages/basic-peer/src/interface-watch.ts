import { networkInterfaces } from 'node:os'
import { interfaceIndexes } from './interface-indexes.js'
import type { Memberships } from './memberships.js'

const INTERVAL_MS = 1000

/**
 * Has memberships checked when the interfaces of this machine have changed. It looks every second: the system's notices do not
 * reach Node.js. It looks only while there are memberships to watch, and its timer does not keep the process alive.
 */
export class InterfaceWatch {
  readonly #watched = new Set<Memberships>()
  #timer: NodeJS.Timeout | undefined
  /** The interfaces at the last look. */
  #seen = ''
  /** Whether a group could not be joined then. */
  #again = false

  add(memberships: Memberships): void {
    this.#watched.add(memberships)
    this.#timer ??= setInterval(() => this.#look(), INTERVAL_MS).unref()
  }

  delete(memberships: Memberships): void {
    this.#watched.delete(memberships)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#seen = ''
  }

  #look(): void {
    const now = JSON.stringify([networkInterfaces(), ...interfaceIndexes()])
    if (now === this.#seen && !this.#again) return
    this.#seen = now
    this.#again = false
    for (const memberships of [...this.#watched]) if (!memberships.check()) this.#again = true
  }
}
