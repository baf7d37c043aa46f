import { readFileSync } from 'node:fs'
import type { Family } from './address.js'

/** A line of `/proc/net/udp{,6}`: local port in hexadecimal, then inode, and drops at the end. */
const LINE = /: \w+:(\w+)(?: +\S+){7} +(\d+) \S+ \S+ (\d+)/g

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
    this.#table = `/proc/net/udp${family === 6 ? 6 : ''}`
    this.#before = new Set(this.#lines().map(([, , inode]) => inode))
  }

  /** To be called as soon as it is bound. */
  bound(port: number): void {
    const born = this.#lines().filter(
      ([, hex = '', inode]) => Number.parseInt(hex, 16) === port && !this.#before.has(inode),
    )
    if (born.length === 1) this.#inode = born[0]?.[2]
  }

  /** Drops so far; the last number known once the socket is closed; undefined where nobody tells. */
  get count(): number | undefined {
    const line = this.#inode && this.#lines().find(([, , inode]) => inode === this.#inode)
    if (line) this.#last = Number(line[3])
    return this.#last
  }

  #lines(): RegExpMatchArray[] {
    try {
      return [...readFileSync(this.#table, 'latin1').matchAll(LINE)]
    } catch {
      return [] // this system has no such table
    }
  }
}
