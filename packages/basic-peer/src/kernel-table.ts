import { readFileSync } from 'node:fs'
import type { Family } from '@udpng/datagram'

/** A row of the kernel's table: one socket. */
export interface KernelRow {
  readonly inode: string
  /** Datagrams dropped at it, modulo 2^32. */
  readonly drops: number
}

/**
 * Reads the kernel's table of UDP sockets, `/proc/net/udp` or `/proc/net/udp6`. A read costs some 100 µs, and 1 ms with a thousand
 * sockets. So one read serves all sockets that are looked at or closed in one turn of the event loop, each of them once: a second
 * look at the same socket reads again.
 *
 * @see proc_pid_net(5); udp4_format_sock in net/ipv4/udp.c and __ip6_dgram_sock_seq_show in net/ipv6/datagram.c, Linux 6.12
 */
export class KernelTable {
  readonly #path: string
  #rows: ReadonlyMap<string, readonly KernelRow[]> | undefined
  #reads = 0

  constructor(family: Family) {
    this.#path = `/proc/net/udp${family === 6 ? 6 : ''}`
  }

  /** The number of the last read. */
  get reads(): number {
    return this.#reads
  }

  /**
   * Returns the rows by local address, in the kernel's notation, from a read later than number `after`.
   *
   * @param after - default: any read before now
   */
  rows(after: number = this.#reads): ReadonlyMap<string, readonly KernelRow[]> {
    if (!this.#rows || this.#reads <= after) {
      this.#rows = rowsIn(this.#text())
      this.#reads++
      setImmediate(() => {
        this.#rows = undefined
      })
    }
    return this.#rows
  }

  #text(): string {
    try {
      return readFileSync(this.#path, 'latin1')
    } catch {
      return '' // this system has no such table
    }
  }
}

/** Parses lines "sl: local remote st queues tr:tm retrnsmt uid timeout inode ref pointer drops", after a title line. */
function rowsIn(text: string): Map<string, KernelRow[]> {
  const rows = new Map<string, KernelRow[]>()
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , , , , , , , inode = '', , , drops] = line.trim().split(/ +/)
    if (drops === undefined) continue
    const others = rows.get(local)
    const row = { inode, drops: Number(drops) }
    if (others) others.push(row)
    else rows.set(local, [row])
  }
  return rows
}
