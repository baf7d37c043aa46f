import { type Address, parseIp } from '@udpng/datagram'
import type { KernelTable } from './kernel-table.js'

/**
 * Counts the kernel drops of one socket, from the kernel's table.
 *
 * The row is found by the local address, which no other socket can have; if it may be shared, by the inode that was not
 * there before the bind.
 */
export class KernelDrops {
  readonly #table: KernelTable
  readonly #shared: boolean
  readonly #before: ReadonlySet<string> = new Set()
  /** The local address, as the kernel writes it. */
  #local: string | undefined
  /** The inode of the socket, if it is needed to find the row. */
  #inode: string | undefined
  /** The number of the read that the last look was answered from. */
  #read = 0
  /** The last value in the table; it wraps at 2^32. */
  #last = 0
  #count: number | undefined

  /**
   * Create it before the socket is bound.
   *
   * @param shared - whether other sockets may be bound to the same address
   * @param inode - of the socket, if it is open already
   */
  constructor(table: KernelTable, shared: boolean, inode?: string) {
    this.#table = table
    this.#inode = inode
    this.#shared = shared && inode === undefined
    if (this.#shared)
      this.#before = new Set([...table.rows().values()].flat().map(({ inode }) => inode))
  }

  /** Call this as soon as the socket is bound. */
  bound([host, port]: Address): void {
    if (process.platform !== 'linux') return
    const local = `${hexOf(host)}:${port.toString(16).toUpperCase().padStart(4, '0')}`
    if (this.#shared) {
      const born = (this.#table.rows().get(local) ?? []).filter(
        ({ inode }) => !this.#before.has(inode),
      )
      if (born.length !== 1) return
      this.#inode = born[0]?.inode
    }
    this.#local = local
    this.#read = this.#table.reads // a read from before the bind does not have it
  }

  /** Drops until now; after the close the last known number; undefined if the system does not report them. */
  get count(): number | undefined {
    this.#look(this.#read)
    return this.#count
  }

  /** Call this before the socket is closed: from then on its row may be that of another socket. */
  close(): void {
    // Also when nothing was read yet: a burst can be lost within one turn. One read serves all sockets closed in it.
    this.#look(this.#read)
    this.#local = undefined
  }

  /** Looks into a read later than the one with the number `after`. */
  #look(after: number): void {
    if (this.#local === undefined) return
    const here = this.#table.rows(after).get(this.#local)
    this.#read = this.#table.reads
    const row = here?.find(({ inode }) => !this.#inode || inode === this.#inode)
    if (!row) return
    this.#count = (this.#count ?? 0) + ((row.drops - this.#last) >>> 0)
    this.#last = row.drops
  }
}

/** An address in the kernel's notation: each four bytes as the number that they are in memory, least significant byte first. */
function hexOf(host: string): string {
  const bytes = parseIp(host)?.bytes ?? []
  return [0, 4, 8, 12]
    .map((at) =>
      Buffer.from(bytes.slice(at, at + 4))
        .reverse()
        .toString('hex')
        .toUpperCase(),
    )
    .join('')
}
