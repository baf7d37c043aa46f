import { readFileSync } from 'node:fs'
import type { Family } from './address.js'

/** Columns of `/proc/net/udp{,6}`: "sl local_address rem_address st queues tr:tm retrnsmt uid timeout inode ref pointer drops". */
const LOCAL_ADDRESS = 1
const INODE = 9
const DROPS = 12

/**
 * What the kernel dropped at one socket, read from `/proc/net/udp{,6}`. A socket is known by its
 * inode, for several may share an address; it is the one that was not there before the bind.
 *
 * @see proc_pid_net(5)
 */
export class KernelDrops {
  readonly #table: string
  readonly #before: ReadonlySet<string | undefined>
  #inode: string | undefined
  #last: number | undefined

  /** To be made before the socket is bound. */
  constructor(family: Family) {
    this.#table = family === 6 ? '/proc/net/udp6' : '/proc/net/udp'
    this.#before = new Set(this.#rows().map((row) => row[INODE]))
  }

  /** To be called as soon as it is bound. */
  bound(port: number): void {
    const [born, ...others] = this.#rows().filter(
      (row) =>
        Number.parseInt(row[LOCAL_ADDRESS]?.split(':')[1] ?? '', 16) === port &&
        !this.#before.has(row[INODE]),
    )
    if (others.length === 0) this.#inode = born?.[INODE]
  }

  /** Drops so far; the last number known once the socket is closed; undefined where nobody tells. */
  get count(): number | undefined {
    const row = this.#inode && this.#rows().find((row) => row[INODE] === this.#inode)
    if (row) this.#last = Number(row[DROPS])
    return this.#last
  }

  #rows(): string[][] {
    try {
      return readFileSync(this.#table, 'latin1')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
    } catch {
      return [] // this system has no such table
    }
  }
}
