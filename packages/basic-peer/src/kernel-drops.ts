import { readFileSync } from 'node:fs'
import type { Address, Family } from './address.js'

/**
 * What the kernel dropped at one socket, read from `/proc/net/udp{,6}`: the last number of its
 * line. Reading costs some 150 µs, and more with thousands of sockets, so it is done when asked only.
 *
 * The line is found by the local address, which nobody else can have; where it may be shared, by the
 * inode, which is the one that was not there before the bind.
 *
 * @see proc_pid_net(5)
 */
export class KernelDrops {
  readonly #table: string
  readonly #before: ReadonlySet<string> | undefined
  #line: RegExp | undefined
  #count: number | undefined
  /** What the table said last. */
  #last = 0

  /** To be made before the socket is bound. `shared`: others may be bound to the same address. */
  constructor(family: Family, shared: boolean) {
    this.#table = `/proc/net/udp${family === 6 ? 6 : ''}`
    if (shared) this.#before = new Set(this.#inodes('\\w+:\\w+'))
  }

  /** To be called as soon as it is bound. */
  bound([host, port]: Address): void {
    if (process.platform !== 'linux') return
    const address = host.includes(':') ? hexOfIPv6(host) : hexOf(host.split('.').map(Number))
    const local = `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`
    const born = this.#before && this.#inodes(local).filter((inode) => !this.#before?.has(inode))
    if (born === undefined) this.#line = lineOf(local, '\\d+')
    else if (born.length === 1) this.#line = lineOf(local, born[0] as string)
  }

  /** Drops so far; the last number known once the socket is closed; undefined where nobody tells. */
  get count(): number | undefined {
    const found = this.#line?.exec(this.#read())
    if (found) {
      const now = Number(found[2])
      // The kernel counts to 2^32, and then from 0 again: sk_drops is an atomic_t (include/net/sock.h).
      this.#count = (this.#count ?? 0) + ((now - this.#last) >>> 0)
      this.#last = now
    }
    return this.#count
  }

  /** To be called before the socket is closed: from then on its line may be somebody else's. */
  close(): void {
    void this.count // also when nothing was read yet: a burst can be lost within one turn
    this.#line = undefined
  }

  #inodes(local: string): string[] {
    return Array.from(
      this.#read().matchAll(new RegExp(lineOf(local, '\\d+'), 'g')),
      ([, inode]) => inode as string,
    )
  }

  #read(): string {
    try {
      return readFileSync(this.#table, 'latin1')
    } catch {
      return '' // this system has no such table
    }
  }
}

/** A line "sl: local remote st queues tr:tm retrnsmt uid timeout inode ref pointer drops". */
function lineOf(local: string, inode: string): RegExp {
  return new RegExp(`: ${local}(?: +\\S+){7} +(${inode}) \\S+ \\S+ (\\d+)`)
}

/** Four bytes as the kernel prints them: as the number that they are in memory, little end first. */
function hexOf(bytes: readonly number[]): string {
  return Buffer.from(bytes).reverse().toString('hex').toUpperCase()
}

/** The 16 bytes of an IPv6 literal, four by four. */
function hexOfIPv6(host: string): string {
  const plain = host
    .replace(/%.*/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...four: string[]) => {
      const [a, b, c, d] = four.map(Number) as [number, number, number, number]
      return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    })
  const [head = '', tail] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const groups = [...left, ...new Array(8 - left.length - right.length).fill('0'), ...right]
  const bytes = Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
  return [0, 4, 8, 12].map((at) => hexOf([...bytes.subarray(at, at + 4)])).join('')
}
